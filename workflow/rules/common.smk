# Configuration and the helpers that the rules share.
import os
import sys

SOURCE = f"{workflow.basedir}/src"
sys.path.insert(0, SOURCE)
# Scripts find the project's modules in every environment, a conda one included.
os.environ["PYTHONPATH"] = SOURCE

from proofsheet.config import checked, known_sets, read_yaml
from proofsheet.errors import UserError
from proofsheet.lock import only_run_here
from proofsheet.modules import imported_modules, pasted_modules

# A user's mistake ends here, in one line and before any job, not in a traceback.
try:
    read_yaml("config.yaml")
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
    dataset=r"\w+",


onstart:
    only_run_here(".snakemake/proofsheet.lock")


def script_of(name):
    """A script of the workflow, from the folder of the rules."""
    return f"../scripts/{name}.py"


def modules_of(name):
    """The project's modules that a script imports: inputs of its rule."""
    return imported_modules(f"workflow/scripts/{name}.py")


def by_preset(full, quick):
    """One of two values, by `preset`."""
    return quick if config["preset"] == "quick" else full


def problems_of(name):
    return KNOWN_SETS[name]["problems"]


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
