# Configuration and the helpers that the rules share.
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, f"{workflow.basedir}/src")
# Jobs find the project's modules in every environment, a conda one included: `proofsheet` and
# `mytorch` in src, `problems` in workflow. `workflow/startup` ends a job quietly at Ctrl-C.
os.environ.update(
    PYTHONPATH=os.pathsep.join(
        f"{workflow.basedir}/{folder}"
        for folder in ("src", "workflow", "workflow/startup")
    )
)
# Set in many containers. Each job would compile torch and the rest anew, for three to five seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from proofsheet.planning.quiet_ctrl_c import end_quietly

# From here on Ctrl-C ends the reading of the rules without a traceback.
end_quietly()

from proofsheet.data.registry import DATASETS, module_path
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.data.which_cifar import which_cifar
from proofsheet.jobs.errors import UserError
from proofsheet.planning.clock import redate
from proofsheet.planning.config import checked, known_sets, read_config
from proofsheet.planning.documents import documents
from proofsheet.planning.gpu_count import visible_gpus
from proofsheet.planning.import_graph import imported_modules, pasted_modules
from proofsheet.planning.run_lock import only_run_here, writable_or_end
from proofsheet.planning.slurm_hint import note_inside_a_job
from proofsheet.planning.submission import code as code_of
from proofsheet.planning.submission import files as files_to_hand_in
from proofsheet.planning.submission import notebook_sources
from proofsheet.planning.submission import notebooks as notebooks_of
from proofsheet.planning.submission import ready_to_hand_in
from proofsheet.planning.tampering import refuse_edited
from proofsheet.report.captions import captions
from proofsheet.sweeps.grid import checked_sweeps, chunks, files_of
from proofsheet.sweeps.grid import expand as expand_grid
from proofsheet.sweeps.grid import strategies_swept
from proofsheet.sweeps.registry import SWEEPABLE

# A user's mistake ends here, in one line and before any job, not in a traceback.
try:
    read_config("config.yaml")
except UserError as error:
    sys.exit(f"proofsheet: {error}")


configfile: "config.yaml"


try:
    config = checked(config)
    config["sweeps"] = checked_sweeps(
        config["sweeps"], config["transfer"]["strategies"]
    )
    # The dataset of eecs182_hw5, question 6: "cifar100" or "cifar10".
    Q6_DATASET = which_cifar(
        config["eecs182_hw5"]["q6_dataset"],
        source=config["data"]["source"],
        mirror=config["data"]["mirror"],
    )
    MIRRORED = set(
        read_mirror(config["data"]["mirror"]) if config["data"]["mirror"] else ()
    )
    if workflow.is_main_process:
        if not workflow.dryrun:
            writable_or_end(".")
            writable_or_end("results")
        refuse_edited()
        if note := redate():
            print(f"proofsheet: {note}", file=sys.stderr)
except UserError as error:
    sys.exit(f"proofsheet: {error}")

if workflow.local_exec and workflow.resource_settings.cores == 0:
    sys.exit("proofsheet: --cores is 0; allowed: a number from 1, or all")

KNOWN_SETS = known_sets()
# Read by proofsheet.data.dataset.load, on whichever node a job runs.
os.environ.update(PROOFSHEET_SCRATCH=config["data"]["scratch"])
# Read by proofsheet.jobs.device.make_deterministic; also a parameter of every training, so that a
# change of it trains anew.
os.environ.update(PROOFSHEET_DETERMINISTIC=str(int(config["deterministic"])))

# What a training declares as `gpu`, namely one where it will use one. Elsewhere, on a cluster too,
# `device: cuda` says that it will.
GPUS_PER_TRAINING = int(
    config["device"] == "cuda" or (config["device"] == "auto" and visible_gpus() > 0)
)
# Two trainings share a GPU only if `--resources gpu=…` allows it.
if GPUS_PER_TRAINING and workflow.is_main_process and workflow.local_exec:
    if "gpu" not in workflow.global_resources:
        workflow.register_resource("gpu", 1)


# Priority of the longest trainings: they come first, so that no core waits for one in the end.
LONG = 10


wildcard_constraints:
    seed=r"\d+",


STARTED = time.time()


onstart:
    only_run_here(".snakemake/proofsheet.lock")
    # Snakemake's limit of 100 jobs a second is there for a cluster's queue. Here it would only have
    # the next jobs be chosen anew each second, once more often for every job that has ended: late
    # in a run that takes a quarter of a core.
    # On a cluster no number of cores need be given, and Snakemake refuses to name one.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
        if note := note_inside_a_job(workflow.cores):
            print(f"proofsheet: {note}", file=sys.stderr)


onsuccess:
    # What has become ready to be handed in, and what its course says to do with it.
    print(
        *ready_to_hand_in(config, KNOWN_SETS, STARTED),
        sep="\n",
        end="",
        file=sys.stderr,
    )


def modules_of(script):
    """The project's modules that a script below workflow/ imports: inputs of its rule."""
    return imported_modules(f"workflow/{script}.py")


def modules_called(module, by="scripts/train"):
    """As `modules_of(by)`, for a job that finds a module by its name: this one among them."""
    own = f"workflow/{module.replace('.', '/')}.py"
    if not os.path.exists(own):
        own = own.replace("workflow/", "src/", 1)
    return sorted({own, *imported_modules(own), *modules_of(by)})


def by_preset(full, quick):
    """One of two values, by `preset`."""
    return quick if config["preset"] == "quick" else full


def env(name):
    """A conda environment."""
    return f"{workflow.basedir}/envs/{name}.yaml"


def log_of(job):
    return f"results/logs/{job}.log"


def benchmark_of(job):
    return f"results/benchmarks/{job}.tsv"


def needs(mem_mb, runtime, gpu=None):
    """Resources of a job: memory, as much again at each retry; minutes; GPUs."""
    resources = {
        "mem_mb": lambda wildcards, attempt: mem_mb * attempt,
        "runtime": runtime,
    }
    return resources if gpu is None else resources | {"gpu": gpu}


# Parameters of whatever trains on a device.
TRAINING = {"device": config["device"], "deterministic": config["deterministic"]}


def handed_in(name):
    """The PDF of one set, its notebooks, its part of the HTML report, what its course wants."""
    bundle = files_to_hand_in(name, KNOWN_SETS[name])
    return [
        f"results/{name}.pdf",
        f"results/gallery/{name}",
        *notebooks_of(name, KNOWN_SETS[name]).values(),
        *(f"results/submission/{name}/{file}" for file in bundle),
    ]


# A change in the mirror's list of files is a change of the data.
MANIFEST = (
    f"{config['data']['mirror']}/manifest.yaml" if config["data"]["mirror"] else []
)


def mirror_in_use(wildcards):
    """The mirror's folder, or '' without one: not a path of the rule's, so not among its inputs."""
    return config["data"]["mirror"]


def dataset_modules(dataset):
    """The modules that prepare a dataset; its own is found by the registry, not by an import."""
    return modules_called(f"proofsheet.data.{dataset}", by="scripts/data/prepare")


def data_of(dataset):
    """The prepared files of a dataset, by name."""
    parts = {"scipy_images": ["images"], "weights": ["weights"]}
    return {
        part: f"results/data/{dataset}/{part}.npz"
        for part in parts.get(dataset, ["train", "val", "test"])
    } | {"source": f"results/data/{dataset}/source.json"}


def drawings_of(results, about):
    """Figures and tables of a problem by name; a table named as a figure is `<name>_table`."""
    figures, tables = about.get("figures", []), about.get("tables", [])
    return {name: f"{results}/figures/{name}.svg" for name in figures} | {
        f"{name}_table" if name in figures else name: f"{results}/tables/{name}.md"
        for name in tables
    }


# The report is rendered where Snakemake was started, and names what it finds there.
ON_A_CLUSTER = (
    "on a cluster; platform and processor are those of the machine that rendered this"
)
# What the renderer reads beside Python modules.
RENDERER_FILES = ["quarto.lua", "fallback.typ"]


DOCUMENTS = documents(config, KNOWN_SETS)


def results_of(document):
    """Metrics, checks, figures and tables of every problem in a document, and their data."""
    files = []
    for name, problem in DOCUMENTS[document].problems:
        entry = KNOWN_SETS[name]["problems"][problem]
        folder = f"results/{name}/{problem}"
        files += [f"{folder}/metrics.json", f"{folder}/checks.json"]
        # A problem of words has no figures; a missing one is found by the report.
        if rules.has(f"{name}_{problem}_figures"):
            files += getattr(rules, f"{name}_{problem}_figures").output
        files += [data_of(data)["source"] for data in entry.get("datasets", [])]
    return files


def sweep_dataset(run):
    """The data of a run that is swept."""
    return SWEEPABLE[run].dataset or Q6_DATASET


def sweep_start(sweep):
    """Where a sweep starts from: what the rule that it repeats hands to each of its jobs alike."""
    params = getattr(rules, SWEEPABLE[sweep["run"]].rule).params
    start = {name: value for name, value in params.items() if not callable(value)}
    # A run is of one seed, and unless it is swept that is the first.
    start["seed"] = start.pop("seeds", [start.get("seed", 0)])[0]
    if names := strategies_swept(sweep):
        known = config["transfer"]["strategies"]
        start["strategies"] = {name: known[name] for name in names}
    return start


def sweep_results(wildcards):
    """What is wanted of every sweep."""
    files = ("summary.json", "table.md", "figure.svg")
    return [
        f"results/sweeps/{name}/{file}" for name in config["sweeps"] for file in files
    ]
