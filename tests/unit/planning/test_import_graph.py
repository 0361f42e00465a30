"""Inputs found from imports."""

import ast

import pytest

from proofsheet.planning import import_graph
from proofsheet.planning.import_graph import imported_modules, pasted_modules
from workflow_project import ROOT


@pytest.fixture
def project(tmp_path):
    files = {
        "src/lib/__init__.py": "",
        "src/lib/a.py": "import numpy\nfrom lib.b import f\n",
        "src/lib/b.py": "f = 1\n",
        "src/lib/c.py": "from . import d\n",
        "src/lib/d.py": "",
        "src/lib/sub/__init__.py": "from .leaf import x\n",
        "src/lib/sub/leaf.py": "x = 1\n",
        "one.py": "from lib import a\n",
        "two.py": "import lib.c\n",
        "three.py": "def late():\n    from lib.sub import leaf\n",
        "four.py": "import json\n",
        "note.py": "# %%\n# source: lib.a: f\n# source: lib.d\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def names(paths, project):
    return [path.removeprefix(f"{project}/src/lib/") for path in paths]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("one.py", ["__init__.py", "a.py", "b.py"]),
        ("two.py", ["__init__.py", "c.py", "d.py"]),
        ("three.py", ["__init__.py", "sub/__init__.py", "sub/leaf.py"]),
        ("four.py", []),
    ],
)
def test_direct_and_indirect_imports_are_found_and_no_others(project, script, expected):
    assert names(imported_modules(project / script, [project / "src"]), project) == expected


def test_pasted_modules_are_found(project):
    assert names(pasted_modules(project / "note.py", [project / "src"]), project) == [
        "a.py",
        "d.py",
    ]


def test_no_import_is_missed_and_prose_is_none():
    for path in (*ROOT.glob("src/**/*.py"), *ROOT.glob("workflow/**/*.py")):
        text = path.read_text(encoding="utf-8")
        wanted = [
            n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        found = {ast.dump(node) for node in import_graph._import_statements(text)}
        assert {ast.dump(node) for node in wanted} <= found, path
    assert import_graph._import_statements("from here on import is a word\nimport of data\n") == []
