"""Notebooks: the implementation pasted, executed, and independent of this project."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient

from proofsheet.notebooks import builder
from proofsheet.notebooks.builder import (
    STARTS,
    build,
    definitions,
    execute,
    execute_together,
    with_seeds,
)
from user_errors import refused
from workflow_project import ROOT


@pytest.fixture
def source(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/base.py").write_text('"""Base."""\nTWO = 2\n')
    (tmp_path / "lib/idea.py").write_text(
        '"""Doc."""\nfrom __future__ import annotations\n\nimport json\nimport math\n\n'
        "from lib.base import TWO\n\n\n# why it is so\n@staticmethod\ndef other():\n"
        "    return json\n"
        "\n\ndef area(radius: Unknown) -> float:\n    return TWO * math.pi * radius\n"
    )
    return [tmp_path]


def test_definitions_come_with_their_third_party_imports_only(source):
    text = definitions("lib.idea", ["area"], source)
    assert "import math" in text
    assert "import json" not in text
    assert "from lib" not in text
    assert "def other" not in text
    whole = definitions("lib.idea", [], source)
    assert "# why it is so\n@staticmethod\ndef other" in whole
    assert '"""Doc."""' not in whole


def test_a_notebook_runs_alone_in_silence_and_keeps_its_outputs(source, tmp_path, capfd):
    text = (
        "ignored\n# %% [markdown]\n# # Title\n# with $x$\n# %%\n# source: lib.base\n"
        "# source: lib.idea: area\n# %%\nround(area(1.0), 3)\n"
    )
    notebook = execute(build(text, source), tmp_path)  # `area` names a type that there is not
    nbformat.validate(notebook)
    assert notebook.cells[0].source == "# Title\nwith $x$"
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "6.283"
    assert "lib" not in "".join(cell.source for cell in notebook.cells).replace("math", "")
    assert "def area(radius):" in notebook.cells[2].source
    assert capfd.readouterr() == ("", "")


def test_of_an_import_only_the_names_come_that_are_used_and_new(source):
    (source[0] / "lib/more.py").write_text(
        "from math import cos, pi, sin, tan\nimport json\n\n\nslope = cos(pi) + sin(pi)\n"
    )
    text = "# %%\nfrom math import pi\nprint(pi)\n# %%\n# source: lib.more\n"
    notebook = build(text, source)
    assert notebook.cells[1].source.startswith("from math import cos, sin\n\n\nslope")
    assert not _lint(_code(notebook), "F401,F811")


TYPED = '''from dataclasses import dataclass

Rows = tuple[int, int]
MOST: int = 3


@dataclass
class Box:
    side: float = 2.0  # of all

    def fit(
        self, θ: Rows, *rest: Rows, scale: float = 1.0,
        b: Rows | None = None,
    ) -> Rows | None:  # fmt: skip
        """Do it.

        Args:
            θ: an angle.
        """
        found: list[Rows] = [θ, *rest]
        return found[0] if scale else None
'''
UNTYPED = '''from dataclasses import dataclass


MOST = 3


@dataclass
class Box:
    side: float = 2.0  # of all

    def fit(self, θ, *rest, scale=1.0, b=None):
        """Do it."""
        found = [θ, *rest]
        return found[0] if scale else None'''


def test_pasted_code_has_short_docstrings_and_annotations_only_of_fields(source):
    (source[0] / "lib/typed.py").write_text(TYPED)
    assert definitions("lib.typed", [], source) == UNTYPED
    assert definitions("lib.typed", ["Rows"], source) == "Rows = tuple[int, int]"


def test_what_a_cell_above_has_imported_is_not_imported_again(source):
    text = "# %%\nimport math\n# %%\n# source: lib.idea: area\n# source: lib.idea: other\n"
    own, area, other = (cell.source for cell in build(text, source).cells)
    assert own == "import math"
    assert area.startswith("def area")
    assert other.startswith("import json\n\n\n")


def test_notebooks_in_one_kernel_are_as_if_each_had_its_own(tmp_path, recwarn):
    notebooks = [build(f"# %%\n'x' in vars()\n# %%\nx = {k}\nx\n") for k in range(2)]
    execute_together(notebooks, tmp_path)
    for k, notebook in enumerate(notebooks):
        assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1"]
        assert [cell.execution_count for cell in notebook.cells] == [1, 2]
        shown = [cell.outputs[0].data["text/plain"] for cell in notebook.cells]
        assert shown == ["False", str(k)]
    assert not [warning for warning in recwarn if "cell id" in str(warning.message)]


@pytest.mark.slow
def test_kernels_that_start_at_once_do_not_meet(tmp_path):
    """Two of them once took the same TCP port; now there is none to take."""
    text = (
        "# %%\nfrom ipykernel.kernelapp import IPKernelApp\n"
        "IPKernelApp.instance().transport, {number}\n"
    )

    def run(number: int) -> str:
        notebook = execute(build(text.format(number=number)), tmp_path)
        return notebook.cells[0].outputs[0].data["text/plain"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(8))) == [f"('ipc', {n})" for n in range(8)]


def test_a_kernel_that_does_not_start_is_started_again(tmp_path, monkeypatch):
    starts = []
    original = NotebookClient.execute

    def flaky(client):
        starts.append(client)
        if len(starts) < STARTS:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return original(client)

    monkeypatch.setattr(NotebookClient, "execute", flaky)
    assert execute(build("# %%\n1 + 1\n"), tmp_path).cells[0].outputs
    assert len(starts) == STARTS

    monkeypatch.setattr(builder, "STARTS", 1)
    starts.clear()
    with pytest.raises(RuntimeError, match="Kernel died"):
        execute(build("# %%\n1 + 1\n"), tmp_path)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("# source: lib.none", "no module lib.none"),
        ("# source: lib.idea: nothing", "does not define nothing"),
        ("# source: lib idea", "is not '# source:"),
    ],
)
def test_a_wrong_source_line_is_told(source, line, part):
    refused(part, build, f"# %%\n{line}\n", source)


def test_a_failing_cell_fails_the_notebook(tmp_path):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        execute(build("# %%\n1 / 0\n", [tmp_path]), tmp_path)


def _code(notebook):
    """The code of all cells, one after the other."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _unused(code):
    """Functions and classes that nothing else in the code names."""
    named = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return {node.name for node in _definitions(code)} - named


def _definitions(code):
    """Functions and classes at the top level."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [node for node in ast.parse(code).body if isinstance(node, kinds)]


def _imported(code):
    """Packages that the code imports."""
    nodes = list(ast.walk(ast.parse(code)))
    modules = [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    return {module.split(".")[0] for module in modules}


def _lint(code, rules):
    """What a linter says of the code."""
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", f"--select={rules}",
         "--output-format=concise", "-"],
        input=code,
        text=True,
        capture_output=True,
    )  # fmt: skip
    return [] if run.returncode == 0 else run.stdout.splitlines()


@pytest.mark.parametrize(
    "path",
    sorted(ROOT.glob("workflow/problems/*/*/notebook*.py")),
    ids=lambda path: "-".join(path.parts[-3:]),
)
def test_a_notebook_can_be_read_and_runs_alone(path):
    text = path.read_text(encoding="utf-8")
    notebook = build(text, (ROOT / "src", ROOT / "workflow"))
    code = _code(notebook)
    # A name that only one source of the data needs would fail on the machine of another reader.
    assert not _lint(code, "E9,F401,F811,F821,F841")
    assert not _unused(code)
    lines = [line.strip() for line in code.splitlines()]
    assert sum(not line.startswith("#") for line in filter(None, lines)) <= 600
    names = [node.name for node in _definitions(code)]
    assert len(names) == len(set(names))

    # The first cell names the packages that are imported.
    (named,) = re.findall(r"`pip install ([^`]*)`", notebook.cells[0].source)
    called = {"sklearn": "scikit-learn", "PIL": "pillow"}
    imported = {called.get(name, name) for name in _imported(code) - sys.stdlib_module_names}
    # These two are imported by other packages, which do not install them.
    assert imported == set(named.split()) - {"pooch", "six"}

    # Where it trains with PyTorch, it multiplies as the workflow's trainings do on a CPU.
    trains = "device = torch.device" in text
    assert trains == ('torch.set_float32_matmul_precision("medium")' in text)
    assert not trains or "torch.set_num_threads(1)" in text

    # It has the seeds of the configuration.
    lines = with_seeds(text, [7, 8]).splitlines()
    assert not {"SEED = 0", "SEEDS = [0, 1, 2]"} & set(lines)
    assert "seed=0" not in text  # written out, it would stay
    if re.search("^SEEDS? = ", text, re.MULTILINE):
        assert {"SEED = 7", "SEEDS = [7, 8]"} & set(lines)


def test_an_undefined_name_is_found(source):
    text = "# %%\n# source: lib.idea: area\n# %%\ndef later():\n    return missing\n"
    found = _lint(_code(build(text, source)), "F821")
    assert any("missing" in line for line in found)
    assert any("TWO" in line for line in found)
    assert not any("Unknown" in line for line in found)


def test_what_is_not_used_is_found(source):
    code = _code(build("# %%\nimport json\n# %%\n# source: lib.idea: area\n", source))
    assert any("json" in line for line in _lint(code, "F401"))
    assert _unused(code) == {"area"}
    assert _imported(code) == {"json", "math"}
