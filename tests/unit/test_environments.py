"""The conda environments and the lock file say the same."""

import ast
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from parsed_rules import with_a_script
from proofsheet.planning.import_graph import imported_modules, pasted_modules
from workflow_project import ROOT

spec = importlib.util.spec_from_file_location("pin", ROOT / "envs/pin.py")
pin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pin)


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_an_environment_has_the_lock_file_s_versions(path):
    locked = pin.locked_versions(ROOT / "requirements.lock")
    *_, packages = yaml.safe_load(path.read_text())["dependencies"]
    for entry in packages["pip"]:
        name, version = entry.split("==")
        assert locked[name] == version
    assert path.read_text() == pin.environment(path.stem, locked)


def test_every_environment_that_a_rule_names_exists_and_the_other_way_round():
    named = {Path(rule.conda).stem for rule in with_a_script()}
    assert named == {path.stem for path in (ROOT / "envs").glob("*.yaml")}


# What is installed to have a package: it is called otherwise, or comes with another one.
BROUGHT_BY = {
    "sklearn": "scikit-learn", "yaml": "pyyaml", "pypandoc": "pypandoc-binary",
    "cycler": "matplotlib", "PIL": "torchvision", "IPython": "ipykernel", "mpmath": "sympy",
    "traitlets": "nbclient",
}  # fmt: skip


def imported_packages(path: Path, *, within_functions: bool) -> set[str]:
    """What a file imports from elsewhere, but for type checkers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    names = set()
    for node in ast.walk(tree) if within_functions else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    own = {"proofsheet", "mytorch", "problems", "__main__"}
    return {BROUGHT_BY.get(name, name) for name in names - own - sys.stdlib_module_names}


ROOTS = (ROOT / "src", ROOT / "workflow")


def jobs() -> list[tuple[str, list[Path]]]:
    """Environment and files of every rule that runs a script."""
    return [
        (
            Path(rule.conda).stem,
            [Path(rule.script), *map(Path, imported_modules(rule.script, ROOTS))],
        )
        for rule in with_a_script()
    ]


def test_an_environment_has_what_its_scripts_import():
    found = jobs()
    assert len(found) > 50
    for name, files in found:
        # A module may have functions, with imports of their own, that this script does not call.
        needed = set().union(*(imported_packages(f, within_functions=False) for f in files))
        assert needed <= set(pin.ENVIRONMENTS[name]), (files[0], name)


def test_mytorch_stands_on_numpy_alone():
    for path in (ROOT / "src/mytorch").rglob("*.py"):
        assert imported_packages(path, within_functions=True) <= {"numpy"}, path


def test_the_notebooks_environment_has_what_the_notebooks_import():
    """Their kernels see nothing else."""
    for path in sorted(ROOT.glob("workflow/problems/*/*/notebook.py")):
        files = [path, *map(Path, pasted_modules(path, ROOTS))]
        needed = set().union(*(imported_packages(f, within_functions=True) for f in files))
        assert needed <= set(pin.ENVIRONMENTS["notebooks"]), path


def test_every_dependency_is_locked_and_no_address_of_a_registry():
    assert "://" not in (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for group in project["optional-dependencies"].values() for name in group]
    locked = pin.locked_versions(ROOT / "requirements.lock")
    for requirement in project["dependencies"] + extras:
        assert re.match(r"[\w-]+", requirement)[0].lower() in locked
