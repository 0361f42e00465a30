# The jobs that every problem has: trainings, solve, figures, notebooks. A problem is a folder of
# workflow/problems with a solve.py. Its rules.smk, if it has one, says which trainings there are, and
# what its other jobs need beyond the usual:
#
#   TRAININGS["<set>/<problem>"] = dict(<rule>=dict(function, run, data, params, wildcards, inputs,
#       on_device, mem_mb, runtime, priority, threads, one_job))
#   SOLVE["<set>/<problem>"] = dict(inputs, outputs, params, data, mem_mb, runtime, environment)
#   FIGURE_INPUTS["<set>/<problem>"] = dict(name=path)
#
# A training is `function` (train:train is `train` of train.py); it leaves runs/<run>.json and .npz
# for each combination of `wildcards`, the values of the wildcards in `run`. It has one thread unless
# it says otherwise: two trainings side by side are faster than one on two threads. Its runs are jobs
# of their own, unless it is `one_job`.
TRAININGS = {}
SOLVE = {}
FIGURE_INPUTS = {}


def runs_of(label, **named):
    """Inputs by name: the metrics of a run, or of each of a list; as `<name>_arrays` its arrays."""
    files = {}
    for name, runs in named.items():
        for kind, suffix in (("", "json"), ("_arrays", "npz")):
            paths = expand(f"results/{label}/runs/{{run}}.{suffix}", run=runs)
            files[name + kind] = paths[0] if isinstance(runs, str) else paths
    return files


PROBLEMS = [
    (name, problem)
    for name, entry in KNOWN_SETS.items()
    for problem in entry["problems"]
]

for set_name, problem in PROBLEMS:
    if os.path.exists(f"workflow/problems/{set_name}/{problem}/rules.smk"):

        include: f"../problems/{set_name}/{problem}/rules.smk"


for label, training_name in [
    (label, name) for label, trainings in TRAININGS.items() for name in trainings
]:
    training = TRAININGS[label][training_name]
    set_name, problem = Path(label).parts
    called, function = training["function"].split(":")
    source = f"workflow/problems/{set_name}/{problem}/{called}.py"
    on_device = training.get("on_device", True)
    values = training.get("wildcards", {})
    inputs = training.get("inputs", {})
    params = (TRAINING if on_device else {}) | {"seed": config["seeds"][0]}
    params |= training.get("params", {})
    job = training["run"]
    runs = [job]
    each = [dict(zip(values, one)) for one in product(*values.values())]
    # Small runs share a process, whose start would take most of their time.
    small = training.get("one_job") or PRESETS[set_name] == "quick"
    if len(each) > 1 and small:
        runs = [job.format(**one) for one in each]
        job = training_name
        inputs, params = shared_by(each, inputs, params)

    rule:
        name:
            f"{set_name}_{problem}_{training_name}"
        input:
            **data_of(training["data"]),
            **inputs,
            modules=modules_called(source),
        output:
            metrics=[f"results/{label}/runs/{run}.json" for run in runs],
            arrays=[f"results/{label}/runs/{run}.npz" for run in runs],
        log:
            log_of(f"{label}/{job}"),
        benchmark:
            benchmark_of(f"{label}/{job}")
        wildcard_constraints:
            **{name: "|".join(map(str, some)) for name, some in values.items()},
        priority: training.get("priority", 0)
        conda:
            env("compute")
        threads: training.get("threads", 1)
        resources:
            **needs(
                training.get("mem_mb", 3000),
                training.get("runtime", 30),
                GPUS_PER_TRAINING if on_device else None,
            ),
        params:
            **params,
            function=f"problems.{set_name}.{problem}.{called}:{function}",
        script:
            "../scripts/train.py"


# Inputs and outputs of each problem's figures.py, by set.
DRAWN = {name: {} for name in KNOWN_SETS}

# A script is named by `params.problem`: its path is evaluated when the job runs, after this loop.
for set_name, problem in PROBLEMS:
    about = KNOWN_SETS[set_name]["problems"][problem]
    source = f"problems/{set_name}/{problem}"
    results = f"results/{set_name}/{problem}"
    label = f"{set_name}/{problem}"
    solve = SOLVE.get(label, {})
    dataset = solve.get("data") or next(iter(about.get("datasets", [])), None)
    drawn = os.path.exists(f"workflow/{source}/figures.py")
    outputs = solve.get("outputs", ["arrays.npz"] if drawn else [])
    solved = {Path(file).stem: f"{results}/{file}" for file in outputs}

    rule:
        name:
            f"{set_name}_{problem}"
        input:
            **(data_of(dataset) if dataset else {}),
            **solve.get("inputs", {}),
            modules=modules_of(f"{source}/solve"),
        output:
            **solved,
            metrics=f"{results}/metrics.json",
            checks=f"{results}/checks.json",
        log:
            log_of(label),
        benchmark:
            benchmark_of(label)
        conda:
            env(solve.get("environment", "compute"))
        resources:
            **needs(solve.get("mem_mb", 3000), solve.get("runtime", 15)),
        params:
            **{"problem": label, "seed": config["seeds"][0], **solve.get("params", {})},
        script:
            "../problems/{params.problem}/solve.py"

    if drawn:
        inputs = FIGURE_INPUTS.get(label, {}) | solved
        inputs["metrics"] = f"{results}/metrics.json"
        if dataset:
            inputs["source"] = data_of(dataset)["source"]
        DRAWN[set_name][problem] = dict(
            input=inputs, output=drawings_of(results, about)
        )


# In the quick preset the figures of a set share a process, whose start would take most of their
# time. In full, those of a problem wait for its trainings alone.
for set_name, drawn in DRAWN.items():
    jobs = {f"{problem}_figures": {problem: files} for problem, files in drawn.items()}
    if jobs and PRESETS[set_name] == "quick":
        jobs = {"figures": drawn}
    for job, problems in jobs.items():
        scripts = [f"workflow/problems/{set_name}/{p}/figures.py" for p in problems]

        rule:
            name:
                f"{set_name}_{job}"
            input:
                [path for files in problems.values() for path in flat(files["input"])],
                modules=sorted(
                    {
                        m
                        for s in scripts
                        for m in modules_called(s, by="scripts/figures")
                    }
                ),
            output:
                [path for files in problems.values() for path in flat(files["output"])],
            log:
                log_of(f"{set_name}/{job}"),
            benchmark:
                benchmark_of(f"{set_name}/{job}")
            localrule: True
            conda:
                env("figures")
            resources:
                **needs(mem_mb=1000, runtime=10),
            params:
                problems=problems,
                set=set_name,
            script:
                "../scripts/figures.py"


# In the quick preset the notebooks of a set share a job and a kernel.
for set_name, entry in KNOWN_SETS.items():
    jobs = {}
    for problem, about in entry["problems"].items():
        for notebook, text in notebook_sources(about).items():
            alone = f"{problem}_{Path(text).stem}"
            job = "notebooks" if PRESETS[set_name] == "quick" else alone
            jobs.setdefault(job, {})[notebook] = f"{set_name}/{problem}/{text}"
    for job, texts in jobs.items():
        sources = [f"workflow/problems/{text}" for text in texts.values()]
        solved = {Path("results", text).parent for text in texts.values()}

        rule:
            name:
                f"{set_name}_{job}"
            input:
                # All that a notebook may read has been made when its problem is solved.
                metrics=sorted(f"{folder}/metrics.json" for folder in solved),
                texts=sources,
                modules=sorted({m for text in sources for m in pasted_modules(text)}),
                builder=modules_of("scripts/notebook"),
            output:
                [f"results/notebooks/{set_name}/{notebook}" for notebook in texts],
            log:
                log_of(f"notebooks/{set_name}/{job}"),
            benchmark:
                benchmark_of(f"notebooks/{set_name}/{job}")
            # The PDF first.
            priority: -1
            conda:
                env("notebooks")
            resources:
                **needs(mem_mb=3000, runtime=30),
            params:
                seeds=config["seeds"],
            script:
                "../scripts/notebook.py"
