"""The packages' boundaries (docs/design.md), read from the import graph."""

import re
from itertools import chain
from pathlib import Path

import pytest

from proofsheet.data.registry import DATASETS, module_path
from proofsheet.planning.import_graph import direct_imports, imported_modules, pasted_modules
from workflow_project import ROOT

ROOTS = (ROOT / "src", ROOT / "workflow")
PROBLEMS = ROOT / "workflow/problems"
PACKAGE = ROOT / "src/proofsheet"


def imports(path: Path) -> set[Path]:
    """All of the project's files that one file reaches, pasted ones and `__init__.py` included."""
    pasted = pasted_modules(path, ROOTS) if path.name.startswith("notebook") else []
    return set(map(Path, chain(imported_modules(path, ROOTS), pasted)))


def package_of(path: Path) -> str:
    """`jobs` for src/proofsheet/jobs/device.py, `checks` for src/proofsheet/checks.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("package", ["jobs", "learning", "data", "autodiff", "checks"])
def test_what_jobs_import_knows_neither_the_planner_nor_the_report(package):
    for path in PACKAGE.rglob("*.py"):
        if package_of(path) == package:
            reached = {package_of(p) for p in imports(path) if p.is_relative_to(PACKAGE)}
            assert not reached & {"planning", "report"}, path


def test_reading_the_rules_imports_no_pytorch():
    read = [PACKAGE / "planning", PACKAGE / "sweeps/grid.py", PACKAGE / "sweeps/registry.py"]
    rules = (ROOT / "workflow/rules/common.smk").read_text()
    for name in re.findall(r"^from (proofsheet[\w.]+) import", rules, re.MULTILINE):
        read.append(ROOT / "src" / (name.replace(".", "/") + ".py"))
    for start in read:
        for path in [*start.rglob("*.py")] if start.is_dir() else [start]:
            for reached in {path, *imports(path)}:
                heavy = r"^(?:from|import) (torch|torchvision|sklearn|matplotlib|scipy)\b"
                assert not re.search(heavy, reached.read_text(), re.MULTILINE), (path, reached)


def test_no_problem_imports_another():
    for path in PROBLEMS.glob("*/*/*.py"):
        for reached in imports(path):
            if reached.is_relative_to(PROBLEMS):
                assert reached.parent == path.parent, (path, reached)


def test_what_one_problem_alone_uses_is_in_its_folder():
    """Every module under src/ serves two problems, or the workflow itself."""
    users: dict[Path, set[str]] = {}
    own = [module_path(name) for name in DATASETS]  # found by name
    workflow = [
        *(ROOT / "workflow/scripts").rglob("*.py"),
        *(ROOT / path for path in own),
        *(PACKAGE / "planning").glob("*.py"),
        PACKAGE / "notebooks/agreement.py",  # commands
        PACKAGE / "data/write_mirror.py",
    ]
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    for path in chain(PROBLEMS.glob("*/*/*.py"), workflow):
        user = "/".join(path.parts[-3:-1]) if path.is_relative_to(PROBLEMS) else "the workflow"
        for reached in imports(path):
            users.setdefault(reached, set()).add(user)
    for path in (ROOT / "src").rglob("*.py"):
        named = path.relative_to(ROOT / "src").with_suffix("").as_posix().replace("/", ".")
        library = path.is_relative_to(ROOT / "src/mytorch")
        if path.name == "__init__.py" or named in rules or library:
            continue
        serves = users.get(path, set())
        assert path in workflow or serves == {"the workflow"} or len(serves) > 1, (path, serves)


def test_src_has_few_modules_of_its_own():
    assert len([path for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]) <= 6


def test_a_broken_boundary_is_found(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/inner.py").write_text("def late():\n    from lib import other\n")
    (tmp_path / "lib/other.py").write_text("")
    assert direct_imports(tmp_path / "lib/inner.py", (tmp_path,)) == {tmp_path / "lib/other.py"}
