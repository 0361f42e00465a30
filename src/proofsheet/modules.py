"""Which modules of the project a script imports, found from its text.

They are inputs of the script's rule: an edit in a module reruns the scripts that use it, however
indirectly, and no others. Nothing is executed.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


def imported_modules(script: str | Path, source: str | Path = "src") -> list[str]:
    """Files under `source` that `script` imports, directly or through others, sorted.

    A package's `__init__.py` counts, since importing a module of the package runs it.
    """
    source = Path(source)
    found: set[Path] = set()
    waiting = [Path(script)]
    while waiting:
        for path in _direct_imports(waiting.pop(), source):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(str(path) for path in found)


@cache
def _direct_imports(path: Path, source: Path) -> frozenset[Path]:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    files: set[Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                files |= _files_of(alias.name, source)
        elif isinstance(node, ast.ImportFrom) and (base := _absolute(node, path, source)):
            files |= _files_of(base, source)
            # `from package import module` names a file too.
            for alias in node.names:
                files |= _files_of(f"{base}.{alias.name}", source)
    return frozenset(files - {path})


def _absolute(node: ast.ImportFrom, path: Path, source: Path) -> str | None:
    """The dotted name that `from … import` refers to, relative imports resolved."""
    if node.level == 0:
        return node.module
    package = path.relative_to(source).parent.parts
    parts = package[: len(package) - node.level + 1] + ((node.module,) if node.module else ())
    return ".".join(parts)


def _files_of(name: str, source: Path) -> set[Path]:
    """The module `name` with the packages above it, if it is one of ours."""
    parts = name.split(".")
    target = source.joinpath(*parts)
    if not (target.with_suffix(".py").is_file() or (target / "__init__.py").is_file()):
        return set()
    packages = (source.joinpath(*parts[:depth]) / "__init__.py" for depth in range(1, len(parts)))
    files = {init for init in packages if init.is_file()}
    module = target.with_suffix(".py")
    files.add(module if module.is_file() else target / "__init__.py")
    return files


def pasted_modules(notebook: str | Path, source: str | Path = "src") -> list[str]:
    """Files under `source` that the `# source:` lines of a notebook's text name, sorted."""
    lines = Path(notebook).read_text(encoding="utf-8").splitlines()
    names = {line.split()[2].rstrip(":") for line in lines if line.startswith("# source: ")}
    packages = [path for name in names for path in _files_of(name, Path(source))]
    return sorted({str(path) for path in packages if path.name != "__init__.py"})
