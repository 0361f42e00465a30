"""Compare two results folders: `python tests/same_results.py BEFORE AFTER`.

Metrics and checks must be equal, but for the times that they took.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TIMES = ("seconds", "per_second", "speedup")
FILES = ("*/*/metrics.json", "*/*/checks.json")


def without_times(metrics: Any) -> Any:
    """Metrics without the keys that tell how long something took, at any depth."""
    if isinstance(metrics, dict):
        return {
            key: without_times(value)
            for key, value in metrics.items()
            if not any(word in key for word in TIMES)
        }
    return metrics


def differences(before: Path, after: Path) -> Iterator[str]:
    """What is in one results folder and not, or not the same, in the other; a line each."""
    names = {
        path.relative_to(folder).as_posix()
        for folder in (before, after)
        for pattern in FILES
        for path in folder.glob(pattern)
    }
    for name in sorted(names):
        missing = [folder for folder in (before, after) if not (folder / name).is_file()]
        if missing:
            yield f"{name}: missing in {missing[0]}"
            continue
        entries = [json.loads((folder / name).read_text()) for folder in (before, after)]
        yield from (f"{name}: {line}" for line in _compare("", *map(_by_id, entries)))


def _by_id(content: Any) -> Any:
    """Checks by their ids, so that their order does not matter."""
    content = without_times(content)
    return {entry["id"]: entry for entry in content} if isinstance(content, list) else content


def _compare(key: str, one: Any, two: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted({*one, *two}):
            if name in one and name in two:
                yield from _compare(f"{key}.{name}".lstrip("."), one[name], two[name])
            else:
                yield f"{key}.{name} only {'before' if name in one else 'after'}".lstrip(".")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for index, pair in enumerate(zip(one, two, strict=True)):
            yield from _compare(f"{key}[{index}]", *pair)
    elif one != two:
        yield f"{key}: {one!r} before, {two!r} after"


def main() -> None:
    before, after = map(Path, sys.argv[1:])
    lines = list(differences(before, after))
    print(*lines, sep="\n")
    compared = sum(len(list(after.glob(pattern))) for pattern in FILES)
    sys.exit(f"{len(lines)} differences in {compared} files" if lines else 0)


if __name__ == "__main__":
    main()
