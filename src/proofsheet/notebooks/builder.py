"""One notebook per problem, from the same code as the report.

A notebook's source is a Python file in the percent format. A cell of `# source:` lines is replaced
by the text of the project's own definitions, so that a reader sees the implementation and the
notebook runs where this project is not installed:

    # %%
    # source: problems.csci5527_hw2.p1_subspace.model: pca_basis, projector_difference
    # source: problems.csci5527_hw2.p1_subspace.gradient_descent
"""

from __future__ import annotations

import ast
import re
import tempfile
import textwrap
from collections.abc import Iterable, Sequence, Set
from itertools import accumulate
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from proofsheet.jobs.errors import UserError

ROOTS = ("src", "workflow")
"""Where the modules are that a notebook may paste."""

STARTS = 3
"""How often a kernel is started at the most."""

_SOURCE = re.compile(r"# source: (?P<module>[\w.]+)(?:: (?P<names>[\w, ]+))?\s*")
_SIGNATURE = re.compile(
    r"^(?P<indent> *)(?P<def>def \w+\()\n(?P<arguments>[^:#]*)\n *\):(?:  # fmt: skip)?$",
    re.MULTILINE,
)


def with_seeds(text: str, seeds: Sequence[int]) -> str:
    """A notebook's text with the seeds of the configuration, so that it prints the PDF's numbers.

    They replace the default seeds in the lines `SEED = 0` and `SEEDS = [0, 1, 2]`.
    """
    text = re.sub(r"^SEED = 0$", f"SEED = {seeds[0]}", text, flags=re.MULTILINE)
    return re.sub(r"^SEEDS = \[0, 1, 2\]$", f"SEEDS = {list(seeds)}", text, flags=re.MULTILINE)


def build(text: str, roots: Sequence[str | Path] = ROOTS) -> nbformat.NotebookNode:
    """The notebook that a percent-format `text` describes, not yet executed.

    Raises:
        UserError: a `# source:` line names a module or a definition that does not exist.
    """
    cells, imported = [], set()
    for kind, lines in _cells(text):
        if kind == "markdown":
            said = (line.removeprefix("#").removeprefix(" ") for line in lines)
            cells.append(new_markdown_cell("\n".join(said).strip()))
        elif (body := "\n".join(lines).strip()).startswith("# source:"):
            for directive in body.splitlines():
                cells.append(new_code_cell(_pasted(directive, roots, imported)))
                imported |= _imports(cells[-1].source)
        elif body:
            cells.append(new_code_cell(body))
            imported |= _imports(body)
    for cell in cells:
        cell["source"] = cell["source"].replace("  # fmt: skip", "")
    _number(cells)
    return new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )


def execute(
    notebook: nbformat.NotebookNode, folder: str | Path, timeout: int = 1200
) -> nbformat.NotebookNode:
    """Run every cell in a fresh kernel that works in `folder`; outputs are kept.

    Raises:
        RuntimeError: a cell failed, and the message has its error; or no kernel could be started.
    """
    for attempt in range(STARTS):
        # Sockets in a folder of their own: two kernels may take the same TCP port.
        with tempfile.TemporaryDirectory(prefix="kernel-") as place:
            kernel = {"transport": "ipc", "connection_file": f"{place}/kernel.json"}
            client = NotebookClient(
                notebook,
                timeout=timeout,
                kernel_name="python3",
                resources={"metadata": {"path": folder}},
                shutdown_kernel="immediate",  # its memory need not be freed piece by piece
                config=Config({"KernelManager": kernel}),
            )
            try:
                client.execute()
                break
            except CellExecutionError as error:
                raise RuntimeError(
                    f"a notebook cell failed: {error.ename}: {error.evalue}"
                ) from error
            except RuntimeError:  # the kernel did not start, or died
                if client.code_cells_executed or attempt + 1 == STARTS:
                    raise
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day
    return notebook


def execute_together(notebooks: Sequence[nbformat.NotebookNode], folder: str | Path) -> None:
    """Run notebooks one after the other in one kernel, which forgets all names after each.

    What they import is loaded once: most of the time of notebooks that train little.

    Raises:
        RuntimeError: as `execute`.
    """
    forget = "get_ipython().reset()"
    cells = [cell for one in notebooks for cell in [*one.cells, new_code_cell(forget)]]
    _number(cells)  # two of one id would get random ones
    execute(new_notebook(cells=cells, metadata=notebooks[0].metadata), folder)
    for notebook in notebooks:
        _number(notebook.cells)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, 1):
            cell.execution_count = number
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = number


def _number(cells: Iterable[nbformat.NotebookNode]) -> None:
    """Give cells ids; random ones would make two builds differ."""
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"


def _cells(text: str) -> list[tuple[str, list[str]]]:
    """(`markdown` or `code`, lines) of each cell; what precedes the first `# %%` is dropped."""
    cells: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("# %%"):
            cells.append(("markdown" if "[markdown]" in line else "code", []))
        elif cells:
            cells[-1][1].append(line)
    return cells


def _imports(text: str) -> set[str]:
    """What the import statements at the top level of a cell import, each name as a statement."""
    return {
        _importing(node, [alias])
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _importing(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> str:
    """The import statement with these of its names."""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(names))
    return ast.unparse(ast.ImportFrom(node.module, names, node.level))


def _pasted(directive: str, roots: Sequence[str | Path], imported: Set[str]) -> str:
    """The text of the definitions that a `# source:` line names."""
    match = _SOURCE.fullmatch(directive)
    if not match:
        raise UserError(f"notebook: '{directive}' is not '# source: module' or '…: name, name'")
    names = [name.strip() for name in (match["names"] or "").split(",") if name.strip()]
    return definitions(match["module"], names, roots, imported)


def definitions(
    module: str,
    names: Sequence[str],
    roots: Sequence[str | Path] = ROOTS,
    imported: Set[str] = frozenset(),
) -> str:
    """Text of the named definitions of a module (all of them if none is named).

    Third-party imports come with it, except those that cells above have `imported`; imports of the
    project's own modules do not: what they import has been pasted before.
    """
    bases = [Path(root).joinpath(*module.split(".")) for root in roots]
    paths = [place for base in bases for place in (base.with_suffix(".py"), base / "__init__.py")]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise UserError(
            f"notebook: there is no module {module} under {' or '.join(map(str, roots))}"
        )
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    own = {entry.stem for root in roots for entry in Path(root).iterdir()}
    imports, chosen = [], {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # the module's docstring, and the like
        if isinstance(node, ast.Import | ast.ImportFrom):
            root = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            relative = isinstance(node, ast.ImportFrom) and node.level
            if not relative and root.split(".")[0] not in {*own, "__future__"}:
                imports.append(node)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        elif not names or _names(node) & set(names):
            chosen[node] = _text(node, lines)
    seen = set().union(*map(_names, chosen))
    if missing := [name for name in names if name not in seen]:
        raise UserError(f"notebook: {module} does not define {', '.join(missing)}")
    if not names:  # without types that only annotations name
        used = _used(chosen.values())
        chosen = {n: part for n, part in chosen.items() if _names(n) & used or not _is_type(n)}
    used = _used(chosen.values())
    bodies, after_constant = [], False
    for node, part in chosen.items():
        constant = isinstance(node, ast.Assign)
        if constant and after_constant:  # no blank lines between constants
            bodies[-1] += "\n" + part
        else:
            bodies.append(part)
        after_constant = constant

    def new(node: ast.Import | ast.ImportFrom) -> list[ast.alias]:
        bound = ((name, name.asname or name.name.split(".")[0]) for name in node.names)
        wanted = [name for name, here in bound if here in used]
        return [name for name in wanted if _importing(node, [name]) not in imported]

    head = [_importing(node, names) for node in imports if (names := new(node))]
    return "\n\n\n".join(["\n".join(head), *bodies] if head else bodies)


def _text(node: ast.stmt, lines: Sequence[str]) -> str:
    """The statement with decorators and the comment above it.

    Docstrings are their first line. Annotations stay out, except those of a class's fields: they
    may name what a notebook does not have.
    """
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    source = "\n".join(lines).encode()  # the places of nodes count bytes
    starts = [0, *accumulate(len(line.encode()) + 1 for line in lines)]

    def begin(part: ast.expr | ast.arg) -> int:
        return starts[part.lineno - 1] + part.col_offset

    def end(part: ast.expr) -> int:
        return starts[part.end_lineno - 1] + part.end_col_offset

    classes = [part for part in ast.walk(node) if isinstance(part, ast.ClassDef)]
    fields = [field for part in classes for field in part.body]
    cuts = []
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part):
            said = part.body[0]
            if said.end_lineno > said.lineno:
                cuts.append((starts[said.lineno] - 1, end(said), b'"""'))
        if isinstance(part, ast.FunctionDef) and part.returns:
            cuts.append((source.rindex(b" ->", 0, begin(part.returns)), end(part.returns), b""))
        elif isinstance(part, ast.AnnAssign) and part.value and part not in fields:
            cuts.append((end(part.target), end(part.annotation), b""))
        elif isinstance(part, ast.arg) and part.annotation:
            name, typed = begin(part) + len(part.arg.encode()), end(part.annotation)
            default = source[typed : typed + 3] == b" = "
            cuts.append((name, typed + 3, b"=") if default else (name, typed, b""))
    text, place = b"", starts[first]
    for start, stop, new in sorted(cuts):
        text, place = text + source[place:start] + new, stop
    text += source[place : starts[node.end_lineno] - 1]
    return _SIGNATURE.sub(_wrapped, text.decode())


def _wrapped(signature: re.Match[str]) -> str:
    """A signature that was broken for its annotations, broken anew without them."""
    arguments = " ".join(signature["arguments"].split()).removesuffix(",")
    head, indent = f"{signature['indent']}{signature['def']}", f"{signature['indent']}    "
    if len(line := f"{head}{arguments}):") <= 100:
        return line
    lines = textwrap.wrap(arguments, 100 - len(indent), break_on_hyphens=False)
    return "\n".join([head, *(indent + line for line in lines), f"{signature['indent']}):"])


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return {n.id for target in targets if target for n in ast.walk(target)
            if isinstance(n, ast.Name)}  # fmt: skip


def _is_type(node: ast.stmt) -> bool:
    """Is it written as types are: `Rows = tuple[Tensor, Tensor]`?"""
    names = _names(node) if isinstance(node, ast.Assign) else ()
    return any(re.fullmatch(r"[A-Z][a-z]\w*", name) for name in names)


def _used(parts: Iterable[str]) -> set[str]:
    """The names that pieces of code use."""
    nodes = [node for part in parts for node in ast.walk(ast.parse(part))]
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
