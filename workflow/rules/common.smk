# Configuration and the helpers that the rules share.
import os
import re
import shlex
import sys
import time
from functools import cache
from itertools import product
from pathlib import Path

# Two folders above this file, wherever Snakemake was started.
ROOT = Path(str(workflow.current_basedir)).parents[1]
if not (ROOT.is_dir() and ROOT.samefile(Path.cwd())):
    sys.exit(
        f"proofsheet: the workflow runs in its own folder, {ROOT}, not in {Path.cwd()};"
        f" change to that folder, or add --directory '{ROOT}'"
    )
if unfit := re.search(r"[:{}\n]", str(ROOT)):
    sys.exit(
        f"proofsheet: {ROOT} has a {unfit[0]!r} in its name, which a list of folders or Snakemake"
        " takes for something else; rename the folder"
    )
# Snakemake writes it into shell commands as it is, where a space would end it.
sys.executable = shlex.quote(sys.executable)

sys.path.insert(0, f"{ROOT}/src")
# What a user's shell sets for other Pythons does not reach the jobs, nor does their style of
# matplotlib or what their IPython runs when it starts. (PYTHONDONTWRITEBYTECODE, set in many
# containers, has each job compile torch and the rest anew, for three to five seconds.)
for unset in ("DONTWRITEBYTECODE", "HOME", "OPTIMIZE", "SAFEPATH", "WARNINGS"):
    os.environ.pop(f"PYTHON{unset}", None)
# Jobs find the project's modules in every environment, a conda one included: `proofsheet` and
# `mytorch` in src, `problems` in workflow. `workflow/startup` ends a job quietly at Ctrl-C.
os.environ.update(
    PYTHONPATH=os.pathsep.join(
        f"{ROOT}/{folder}" for folder in ("src", "workflow", "workflow/startup")
    ),
    MATPLOTLIBRC=f"{ROOT}/workflow/startup/matplotlibrc",
    IPYTHONDIR=f"{ROOT}/.snakemake/ipython",
    # A training step allocates and frees the same large tensors as the last one. glibc keeps the
    # pages up to these sizes in bytes instead of mapping them anew: a fifth of a fine-tuning.
    MALLOC_TRIM_THRESHOLD_=str(2**31 - 1),
    MALLOC_MMAP_THRESHOLD_=str(2**30),
    MALLOC_TOP_PAD_=str(2**26),
)

from proofsheet.planning.quiet_ctrl_c import end_quietly

# From here on Ctrl-C ends the reading of the rules without a traceback.
end_quietly()

from proofsheet.data.registry import DATASETS, module_path
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.data.sources.renewal import renewable, renewals
from proofsheet.data.which_cifar import which_cifar
from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.jobs.errors import UserError
from proofsheet.planning.clock import redate
from proofsheet.planning.config import checked, known_sets, name_source, read_config
from proofsheet.planning.documents import documents
from proofsheet.planning.gpu import gpu_is_usable
from proofsheet.planning.html_report import check_report
from proofsheet.planning.import_graph import imported_modules, pasted_modules
from proofsheet.planning.job_parts import data_of, drawings_of, flat, needs, shared_by
from proofsheet.planning.presets import describe_quick, set_presets
from proofsheet.planning.run_lock import only_run_here, writable_or_end
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
CONFIG_FILES = ["config.yaml", *workflow.overwrite_configfiles]
try:
    CONFIG_LAYERS = {str(path): read_config(path) for path in CONFIG_FILES}
except UserError as error:
    sys.exit(f"proofsheet: {error}")


configfile: "config.yaml"


def checked_with_sweeps(config):
    config = checked(config)
    strategies = config["transfer"]["strategies"]
    return config | {"sweeps": checked_sweeps(config["sweeps"], strategies)}


try:
    config = checked_with_sweeps(config)
except UserError as error:
    layers = CONFIG_LAYERS | {"--config": workflow.config_settings.config}
    sys.exit(f"proofsheet: {name_source(error, layers, checked_with_sweeps)}")

KNOWN_SETS = known_sets()
PRESETS_FILE = ".snakemake/proofsheet-presets.json"
try:
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
        check_report(sys.argv)
        refuse_edited()
        if note := redate():
            print(f"proofsheet: {note}", file=sys.stderr)
    # `full` or `quick` for each set. A job that SLURM starts takes what the run decided: its node
    # may have no network.
    PRESETS = (
        set_presets(config, KNOWN_SETS, MIRRORED)
        if workflow.is_main_process or not os.path.exists(PRESETS_FILE)
        else read_json(PRESETS_FILE)
    )
except UserError as error:
    sys.exit(f"proofsheet: {error}")

if workflow.local_exec and workflow.resource_settings.cores == 0:
    sys.exit("proofsheet: --cores is 0; allowed: a number from 1, or all")

# Read by proofsheet.data.dataset.load, on whichever node a job runs.
os.environ.update(PROOFSHEET_SCRATCH=config["data"]["scratch"])
# Read by proofsheet.jobs.device.make_deterministic; also a parameter of every training, so that a
# change of it trains anew.
os.environ.update(PROOFSHEET_DETERMINISTIC=str(int(config["deterministic"])))

# What a training declares as `gpu`, namely one where it will use one. Elsewhere, on a cluster too,
# `device: cuda` says that it will.
GPUS_PER_TRAINING = int(
    config["device"] == "cuda" or (config["device"] == "auto" and gpu_is_usable())
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
    write_json(PRESETS_FILE, PRESETS)
    if note := describe_quick(config, PRESETS):
        print(f"proofsheet: {note}", file=sys.stderr)
    # Snakemake's limit of 100 jobs a second is there for a cluster's queue. Here it would only have
    # the next jobs be chosen anew each second, once more often for every job that has ended: late
    # in a run that takes a quarter of a core.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


onsuccess:
    # What has become ready to be handed in, and what its course says to do with it.
    print(
        *ready_to_hand_in(config, KNOWN_SETS, PRESETS, STARTED),
        sep="\n",
        end="",
        file=sys.stderr,
    )


def modules_of(script):
    """The project's modules that a script below workflow/ imports: inputs of its rule."""
    return imported_modules(f"workflow/{script}.py")


def modules_called(path, by="scripts/train"):
    """As `modules_of(by)`, for a job that finds a module by its name: this one among them."""
    return sorted({path, *imported_modules(path), *modules_of(by)})


def by_preset(full, quick):
    """One of two values, by the preset of the set whose rules.smk is being included."""
    return quick if PRESETS[set_name] == "quick" else full


def preset_of_document(wildcards):
    """`quick` if one of its sets is."""
    presets = {PRESETS[name] for name in DOCUMENTS[wildcards.document].sets}
    return "quick" if "quick" in presets else "full"


def tell_presets():
    """Give each job of a set its preset as a parameter, which its record in results/.made keeps."""
    for declared in workflow.rules:
        for name in KNOWN_SETS:
            if declared.script and declared.name.startswith(f"{name}_"):
                declared.set_params(preset=PRESETS[name])


def env(name):
    """A conda environment."""
    return f"{workflow.basedir}/envs/{name}.yaml"


def log_of(job):
    return f"results/logs/{job}.log"


def benchmark_of(job):
    return f"results/benchmarks/{job}.tsv"


def seed_of(wildcards):
    """The seed that is in the name of a run."""
    return int(wildcards.seed)


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
    return modules_called(module_path(dataset), by="scripts/data/prepare")


# Where `auto` fell back and a better source is available now: its host by dataset.
BETTER = {}
if config["data"]["source"] == "auto" and workflow.is_main_process:
    BETTER = renewable(Path("results/data"))


@cache
def renewals_of(dataset):
    """How often a dataset has been fetched again; once more, and so a change, if it can be better."""
    if dataset in BETTER:
        print(
            f"proofsheet: {dataset} is available from {BETTER[dataset]} now and is fetched",
            file=sys.stderr,
        )
    return renewals(f"results/data/{dataset}/source.json") + (dataset in BETTER)


# The report is rendered where Snakemake was started, and names what it finds there.
ON_A_CLUSTER = "on a cluster; platform and processor: of the machine that rendered this"
# What the renderer reads beside Python modules.
PAGE_FILES = ["labels.lua", "html.lua", "page.html", "page.css", "page.js"]
RENDERER_FILES = ["labels.lua", "quarto.lua", "fallback.typ"]


DOCUMENTS = documents(config, KNOWN_SETS)


def results_of(document):
    """Metrics, checks, figures and tables of every problem in a document, and their data."""
    files = []
    for name, problem in DOCUMENTS[document].problems:
        entry = KNOWN_SETS[name]["problems"][problem]
        folder = f"results/{name}/{problem}"
        files += [f"{folder}/metrics.json", f"{folder}/checks.json"]
        # A problem of words has no figures; a missing one is found by the report.
        if problem in DRAWN[name]:
            files += flat(DRAWN[name][problem]["output"])
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
