"""Find the project's modules that a script imports, from its text.

They are inputs of the script's rule: an edited module reruns the scripts that import it, directly
or through others, and nothing else. No code is executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOTS = ("src", "workflow")
"""Where packages are: `proofsheet` and `mytorch` in src, `problems` in workflow."""

# Statements that may import one of our modules; to parse whole files would take half a second.
_IMPORT = re.compile(
    r"^[ \t]*(from[ \t]+[.\w]+[ \t]+import[ \t]+(?:\([^)]*\)|[\w \t,*]+)|import[ \t]+[\w \t,.]+)",
    re.MULTILINE,
)


def imported_modules(script: str | Path, roots: Iterable[str | Path] = ROOTS) -> list[str]:
    """Files under `roots` that `script` imports, directly or through others, sorted.

    A package's `__init__.py` counts, since importing a module of the package runs it.
    """
    folders = tuple(map(Path, roots))
    files: set[Path] = set()
    waiting = [Path(script)]
    while waiting:
        for path in direct_imports(waiting.pop(), folders):
            if path not in files:
                files.add(path)
                waiting.append(path)
    return sorted(map(str, files))


@cache
def direct_imports(path: Path, roots: tuple[Path, ...]) -> frozenset[Path]:
    """Files under `roots` that one file imports itself."""
    text = path.read_text(encoding="utf-8")
    files: set[Path] = set()
    for node in _import_statements(text):
        if isinstance(node, ast.Import):
            for alias in node.names:
                files |= _files_of(alias.name, roots)
        elif isinstance(node, ast.ImportFrom) and (base := _absolute(node, path, roots)):
            files |= _files_of(base, roots)
            # `from package import module` names a file too.
            for alias in node.names:
                files |= _files_of(f"{base}.{alias.name}", roots)
    return frozenset(files - {path})


def _import_statements(text: str) -> list[ast.stmt]:
    """The imports of a file, also those inside functions; prose that looks like one is none."""
    found = []
    for statement in _IMPORT.findall(text):
        try:
            found += ast.parse(statement).body
        except SyntaxError:
            continue
    return found


def _absolute(node: ast.ImportFrom, path: Path, roots: tuple[Path, ...]) -> str | None:
    """The dotted name that `from … import` refers to, relative imports resolved."""
    if node.level == 0:
        return node.module
    (root,) = (root for root in roots if path.is_relative_to(root))
    package = path.relative_to(root).parent.parts
    parts = package[: len(package) - node.level + 1] + ((node.module,) if node.module else ())
    return ".".join(parts)


@cache
def _files_of(name: str, roots: tuple[Path, ...]) -> frozenset[Path]:
    """The module `name` with the packages above it, if it is one of ours."""
    parts = name.split(".")
    for root in roots:
        target = root.joinpath(*parts)
        module, package = target.with_suffix(".py"), target / "__init__.py"
        if module.is_file() or package.is_file():
            above = (
                root.joinpath(*parts[:depth]) / "__init__.py" for depth in range(1, len(parts))
            )
            files = {init for init in above if init.is_file()}
            return frozenset(files | {module if module.is_file() else package})
    return frozenset()


def pasted_modules(notebook: str | Path, roots: Iterable[str | Path] = ROOTS) -> list[str]:
    """Files under `roots` that the `# source:` lines of a notebook's text name, sorted."""
    lines = Path(notebook).read_text(encoding="utf-8").splitlines()
    names = {line.split()[2].rstrip(":") for line in lines if line.startswith("# source: ")}
    packages = [path for name in names for path in _files_of(name, tuple(map(Path, roots)))]
    return sorted({str(path) for path in packages if path.name != "__init__.py"})
