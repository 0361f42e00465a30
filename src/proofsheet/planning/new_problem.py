"""The files of a new problem, which run at once: `make problem SET=my_course PROBLEM=p1_title`.

A folder with its `solve.py`, a chapter and a test are written from `workflow/templates`, and the
problem is entered in its set. A set that does not exist yet is made. The rules find the folder by
themselves, so a course of one's own needs nothing under `src/` or `workflow/rules/`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from string import Template

import yaml

from proofsheet.jobs.atomic_files import write_text
from proofsheet.jobs.errors import UserError
from proofsheet.planning.config import read_yaml

TEMPLATES = {
    "solve.py": "workflow/problems/{set}/{problem}/solve.py",
    "chapter.qmd": "report/{set}/_{problem}.qmd",
    "test.py": "tests/{set}/test_{problem}.py",
}
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Rules of the workflow, and folders of results, that a set of this name would get into the way of.
TAKEN = frozenset(
    [
        "all", "benchmarks", "data", "gallery", "html", "logs", "notebook", "notebooks",
        "render", "render_html", "report", "scipy_images", "submission", "sweep_summary", "sweeps",
        "weights",
    ]
)  # fmt: skip
PROBLEM = re.compile(r"[a-z](\d+)_([a-z0-9]+(?:_[a-z0-9]+)*)")


def write_problem(set_name: str, problem: str, root: str | Path = ".") -> list[Path]:
    """Write a new problem, and its set if there is none of that name.

    Args:
        set_name: such as `my_course`.
        problem: a letter, its number and a title, such as `p1_title`.
        root: the checkout.

    Returns:
        The files written or added to.

    Raises:
        UserError: a name of the wrong form, or a problem that is there already; nothing is written.
    """
    root = Path(root)
    if not NAME.fullmatch(set_name):
        raise UserError(
            f"SET is {set_name!r}; allowed: lower-case letters, digits and single underscores,"
            " such as my_course"
        )
    if set_name in TAKEN:
        raise UserError(f"SET is {set_name!r}, which the workflow itself uses; choose another name")
    match = PROBLEM.fullmatch(problem)
    if not match:
        raise UserError(
            f"PROBLEM is {problem!r}; allowed: a letter, the problem's number, an underscore and a"
            " title in lower case, such as p1_title"
        )
    places = {
        template: root / place.format(set=set_name, problem=problem)
        for template, place in TEMPLATES.items()
    }
    frame = _frame(set_name, root)
    there = [path for path in places.values() if path.exists()]
    if there:
        raise UserError(f"{there[0].relative_to(root)} is there already; choose another name")
    entry = _read_set(frame["set.yaml"])
    numbers = [PROBLEM.fullmatch(str(name)) for name in entry.get("problems", {})]
    if match[1] in [found[1] for found in numbers if found]:
        raise UserError(f"{set_name} has a problem {match[1]} already; choose another number")

    title = match[2].replace("_", " ").capitalize()
    words = {
        "set": set_name,
        "problem": problem,
        "number": match[1],
        "title": title,
        "label": f"{set_name.replace('_', '-')}-{problem.partition('_')[0]}",
        "course": entry.get("short", set_name),
    }
    added = f"  {problem}:\n    title: {json.dumps(title)}\n"
    added += "    # Points of each part; a part is answered by the section {#sec-…-<part>}.\n"
    added += "    parts: {a: 1}\n"
    _check_set(frame["set.yaml"], _NEW_SET.format(set=set_name), added, entry, problem)
    for template, path in places.items():
        write_text(path, _filled(root, template, words))
    _append(frame["set.yaml"], _NEW_SET.format(set=set_name), added)
    label = set_name.replace("_", "-")
    _append(
        frame["_set.qmd"], f"# {set_name} {{#sec-{label}}}\n\nWhat the set is about.\n",
        f"\n{{{{< include /{set_name}/_{problem}.qmd >}}}}\n",
    )  # fmt: skip
    return [*places.values(), *frame.values()]


_NEW_SET = """\
# What the course asks for: the parts with their points, and the bars that the results must meet.
title: "{set}"
course: "{set}"
short: "{set}"
hand_in: >-
  One PDF.
problems:
"""


def _frame(set_name: str, root: Path) -> dict[str, Path]:
    """The files that the problems of a set share."""
    return {
        "set.yaml": root / f"report/{set_name}/set.yaml",
        "_set.qmd": root / f"report/{set_name}/_set.qmd",
    }


def _read_set(path: Path) -> dict:
    if not path.exists():
        return {}
    entry = read_yaml(path)
    # The new problem is written under the last key, as a reader would write it.
    last = list(entry)[-1] if isinstance(entry, dict) and entry else ""
    if last != "problems" or not isinstance(entry["problems"], dict):
        raise UserError(
            f"{path}: `problems` must be its last key and hold problems by name; move it to the end"
        )
    return entry


def _filled(root: Path, template: str, words: dict[str, str]) -> str:
    text = (root / "workflow/templates" / template).read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _append(path: Path, new: str, text: str) -> None:
    """Add to a file, which begins with `new` if there is none."""
    write_text(path, _appended(path, new, text))


def _appended(path: Path, new: str, text: str) -> str:
    before = path.read_text(encoding="utf-8") if path.exists() else new
    return before.rstrip("\n") + "\n" + text


def _check_set(path: Path, new: str, text: str, entry: dict, problem: str) -> None:
    """Is `path`, with `text` added, what it was with one problem more?"""
    wrong = UserError(
        f"{path}: a problem cannot be added at its end; indent each problem by two spaces, one"
        " under the other, as `make problem` writes them"
    )
    try:
        found = yaml.safe_load(_appended(path, new, text))
        one_more = list(found["problems"]) == [*entry.get("problems", {}), problem]
    except (yaml.YAMLError, TypeError, KeyError):
        raise wrong from None
    if not one_more:
        raise wrong


def main() -> None:
    """`python -m proofsheet.planning.new_problem SET PROBLEM`."""
    if len(sys.argv) != 3 or not all(sys.argv[1:]):
        sys.exit("proofsheet: say which: make problem SET=my_course PROBLEM=p1_title")
    try:
        for path in write_problem(*sys.argv[1:]):
            print(path)
    except UserError as error:
        sys.exit(f"proofsheet: {error}")
    print(f"run it: snakemake --cores 1 {sys.argv[1]}")


if __name__ == "__main__":
    main()
