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
from typing import Any

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
    if there := [path for path in places.values() if path.exists()]:
        raise UserError(f"{there[0].relative_to(root)} is there already; choose another name")
    title, label = match[2].replace("_", " ").capitalize(), set_name.replace("_", "-")
    folder = root / "report" / set_name
    entry = (read_yaml(folder / "set.yaml") if folder.exists() else None) or {"problems": {}}
    set_file = _with_end(
        folder / "set.yaml",
        NEW_SET.format(set=set_name),
        f"  {problem}:\n    title: {json.dumps(title)}\n"
        "    # Points of each part; a part is answered by the section {#sec-…-<part>}.\n"
        "    parts: {a: 1}\n",
    )
    _check_set(folder / "set.yaml", set_file, entry, problem)
    taken = map(PROBLEM.fullmatch, map(str, entry["problems"]))
    if match[1] in [found[1] for found in taken if found]:
        raise UserError(f"{set_name} has a problem {match[1]} already; choose another number")
    set_chapter = _with_end(
        folder / "_set.qmd",
        f"# {set_name} {{#sec-{label}}}\n\nWhat the set is about.\n",
        f"\n{{{{< include /{set_name}/_{problem}.qmd >}}}}\n",
    )
    words = {
        "set": set_name,
        "problem": problem,
        "number": match[1],
        "title": title,
        "label": f"{label}-{problem.partition('_')[0]}",
        "course": entry.get("short", set_name),
    }
    for template, path in places.items():
        text = (root / "workflow/templates" / template).read_text(encoding="utf-8")
        write_text(path, Template(text).substitute(words))
    write_text(folder / "set.yaml", set_file)
    write_text(folder / "_set.qmd", set_chapter)
    return [*places.values(), folder / "set.yaml", folder / "_set.qmd"]


NEW_SET = """\
# What the course asks for: the parts with their points, and the bars that the results must meet.
title: "{set}"
course: "{set}"
short: "{set}"
hand_in: >-
  One PDF.
problems:
"""


def _with_end(path: Path, new: str, text: str) -> str:
    """A file with a text at its end; it begins with `new` if there is none."""
    before = path.read_text(encoding="utf-8") if path.exists() else new
    return before.rstrip("\n") + "\n" + text


def _check_set(path: Path, text: str, entry: Any, problem: str) -> None:
    """Is a set.yaml with this text what it was with one problem more?"""
    try:
        one_more = list(yaml.safe_load(text)["problems"]) == [*entry["problems"], problem]
    except (yaml.YAMLError, TypeError, KeyError):
        one_more = False
    if not one_more:
        raise UserError(
            f"{path}: a problem cannot be added at its end; make `problems` its last key and indent"
            " each problem by two spaces, one under the other, as `make problem` writes them"
        )


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
