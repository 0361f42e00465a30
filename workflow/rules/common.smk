# Configuration and the helpers that the rules share.
import os
import sys
from glob import glob

SOURCE = f"{workflow.basedir}/src"
sys.path.insert(0, SOURCE)
# Scripts find the project's modules in every environment, a conda one included.
os.environ.update(PYTHONPATH=SOURCE)

from proofsheet.data.registry import DATASETS, module_path
from proofsheet.config import checked, known_sets, read_config
from proofsheet.errors import UserError
from proofsheet.lock import only_run_here
from proofsheet.modules import imported_modules, pasted_modules

# A user's mistake ends here, in one line and before any job, not in a traceback.
try:
    read_config("config.yaml")
except UserError as error:
    sys.exit(f"proofsheet: {error}")


configfile: "config.yaml"


try:
    config = checked(config)
except UserError as error:
    sys.exit(f"proofsheet: {error}")

KNOWN_SETS = known_sets()


wildcard_constraints:
    seed=r"\d+",
    dataset="|".join(DATASETS),


onstart:
    only_run_here(".snakemake/proofsheet.lock")


def script_of(name):
    """A script of the workflow, from the folder of the rules."""
    return f"../scripts/{name}.py"


def modules_of(name):
    """The project's modules that a script imports: inputs of its rule."""
    return imported_modules(f"workflow/scripts/{name}.py")


def dataset_modules(dataset):
    """The modules that prepare a dataset; its own is found by the registry, not by an import."""
    own = module_path(dataset)
    return sorted({own, *imported_modules(own), *modules_of("data/prepare")})


def by_preset(full, quick):
    """One of two values, by `preset`."""
    return quick if config["preset"] == "quick" else full


def problems_of(name):
    return KNOWN_SETS[name]["problems"]


def mirror_in_use(wildcards):
    """The mirror's folder, or '' without one: not a path of the rule's, so not among its inputs."""
    return config["data"]["mirror"]


def data_of(dataset):
    """The prepared files of a dataset."""
    return {
        part: f"results/data/{dataset}/{part}.npz" for part in ("train", "val", "test")
    } | {"source": f"results/data/{dataset}/source.json"}


def handed_in(name):
    """What a course wants of one set: its PDF and one notebook per coding problem."""
    notebooks = [
        f"results/submission/{name}/{problem['notebook']}"
        for problem in problems_of(name).values()
        if "notebook" in problem
    ]
    return [f"results/{name}.pdf", *notebooks]


def notebook_text(wildcards):
    """Where the notebook of one problem is written."""
    wanted = f"problem_{wildcards.number}.ipynb"
    for name, problem in problems_of(wildcards.set).items():
        if problem.get("notebook") == wanted:
            return f"workflow/notebooks/{wildcards.set}/{name}.py"
    return f"workflow/notebooks/{wildcards.set}/(no problem has {wanted})"


def notebook_modules(wildcards):
    """The modules whose text a notebook pastes."""
    return pasted_modules(notebook_text(wildcards))


# What the renderer reads beside Python modules.
RENDERER_FILES = ["quarto.lua", "fallback.typ"]


def sets_of(document):
    """The sets in one PDF."""
    return config["sets"] if document == "submission" else [document]


def results_of(document):
    """Metrics, checks, figures and tables of every problem in a document, and their data."""
    files = []
    for name in sets_of(document):
        for problem, entry in problems_of(name).items():
            folder = f"results/{name}/{problem}"
            files += [f"{folder}/metrics.json", f"{folder}/checks.json"]
            files += getattr(rules, f"{name}_{problem}_figures").output
            files += [
                f"results/data/{data}/source.json" for data in entry.get("datasets", [])
            ]
    return files


def chapters_of(document):
    """The sources of a document, with what all documents share."""
    folders = [f"report/{name}" for name in sets_of(document)]
    shared = ["_quarto.yml", "references.bib", "typst-template.typ", "typst-show.typ"]
    texts = [sorted(glob(f"{folder}/*")) for folder in folders]
    return [f"report/{name}" for name in (*shared, f"{document}.qmd")] + sum(texts, [])


def images_of(document):
    """Pictures that the acknowledgements show."""
    entries = [config["acknowledgements"].get(name, {}) for name in sets_of(document)]
    return [
        image
        for sets in entries
        for problem in sets.values()
        for image in problem["images"]
    ]


def runs_of(problem, *kinds):
    """The runs of a problem, one per seed: `<kind>` are their results, `<kind>_arrays` the rest."""
    return {
        f"{kind}{name}": [
            f"results/{problem}/runs/{kind}-{seed}.{suffix}" for seed in config["seeds"]
        ]
        for kind in kinds
        for name, suffix in (("", "json"), ("_arrays", "npz"))
    }
