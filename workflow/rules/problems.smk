# The jobs that every problem has: trainings, solve, figures, notebooks. A problem is a folder of
# workflow/problems with a solve.py. Its rules.smk, if it has one, says which trainings there are, and
# what its other jobs need beyond the usual:
#
#   TRAININGS["<set>/<problem>"] = dict(<rule>=dict(function, run, data, params, wildcards, inputs,
#       on_device, mem_mb, runtime, threads, priority))
#   SOLVE["<set>/<problem>"] = dict(inputs, outputs, params, data, mem_mb, runtime, environment)
#   FIGURE_INPUTS["<set>/<problem>"] = dict(name=path)
#
# A training is `function` (train:train is `train` of train.py); it leaves runs/<run>.json and .npz.
TRAININGS = {}
SOLVE = {}
FIGURE_INPUTS = {}
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

    rule:
        name:
            f"{set_name}_{problem}_{training_name}"
        input:
            **data_of(training["data"]),
            **training.get("inputs", {}),
            modules=modules_called(source),
        output:
            metrics=f"results/{label}/runs/{training['run']}.json",
            arrays=f"results/{label}/runs/{training['run']}.npz",
        log:
            log_of(f"{label}/{training['run']}"),
        benchmark:
            benchmark_of(f"{label}/{training['run']}")
        wildcard_constraints:
            **training.get("wildcards", {}),
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
            **(TRAINING if on_device else {}),
            **{"seed": config["seeds"][0]} | training.get("params", {}),
            function=f"problems.{set_name}.{problem}.{called}:{function}",
        script:
            "../scripts/train.py"


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
            **needs(solve.get("mem_mb", 2000), solve.get("runtime", 10)),
        params:
            **{"problem": label, "seed": config["seeds"][0], **solve.get("params", {})},
        script:
            "../problems/{params.problem}/solve.py"

    if drawn:

        rule:
            name:
                f"{set_name}_{problem}_figures"
            input:
                **({"source": data_of(dataset)["source"]} if dataset else {}),
                **FIGURE_INPUTS.get(label, {}),
                **solved,
                metrics=f"{results}/metrics.json",
                modules=modules_of(f"{source}/figures"),
            output:
                **drawings_of(results, about),
            log:
                log_of(f"{label}_figures"),
            benchmark:
                benchmark_of(f"{label}_figures")
            localrule: True
            conda:
                env("figures")
            resources:
                **needs(mem_mb=1000, runtime=5),
            params:
                problem=label,
            script:
                "../problems/{params.problem}/figures.py"

    for notebook, text in notebook_sources(about).items():
        text = f"workflow/{source}/{text}"

        rule:
            name:
                f"{set_name}_{problem}_{Path(text).stem}"
            input:
                # All that the notebook may read has been made when the problem is solved.
                metrics=f"{results}/metrics.json",
                text=text,
                modules=pasted_modules(text),
                builder=modules_of("scripts/notebook"),
            output:
                notebook=f"results/notebooks/{set_name}/{notebook}",
            log:
                log_of(f"notebooks/{set_name}/{notebook}"),
            benchmark:
                benchmark_of(f"notebooks/{set_name}/{notebook}")
            conda:
                env("notebooks")
            resources:
                **needs(mem_mb=3000, runtime=30),
            script:
                "../scripts/notebook.py"
