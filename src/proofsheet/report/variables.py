"""The numbers of the results as texts, for `{{< var <set>.<problem>.<keys>.<format> >}}`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.report import marks, numbers
from proofsheet.report.results import Outcome
from proofsheet.report.tables import escape

STANDIN_NOTE = f"{numbers.DAGGER} on stand-in data"


def build(outcomes: Iterable[Outcome], cited: Mapping[str, int]) -> dict[str, Any]:
    """The tree of variables: set, problem, the keys of its metrics, format.

    Each problem also has `checks.<id>` (the mark of a derivation) and `standin`, a note that is
    empty on real data.

    Args:
        cited: the number of each check by the name of its variable (`marks.numbered`).

    Raises:
        UserError: a metric named `checks` or `standin`, or a key that Quarto cannot address.
    """
    tree: dict[str, Any] = {}
    for outcome in outcomes:
        where = outcome.folder / "metrics.json"
        for key in ("checks", "standin"):
            if key in outcome.metrics:
                raise UserError(f"{where}: the key {key!r} is taken by the report; rename it")
        for key in _keys(outcome.metrics):
            if not re.fullmatch(r"(?!\d+$)[\w-]+", key):
                raise UserError(
                    f"{where}: the key {key!r} cannot be named in a chapter; allowed are letters,"
                    " digits, - and _, and not digits alone"
                )
        tree.setdefault(outcome.set.id, {})[outcome.problem.id] = {
            **_escaped(numbers.variables(outcome.metrics, standin=outcome.standin)),
            "checks": {
                check["id"]: marks.mark(cited.get(f"{outcome.key}.checks.{check['id']}", 0))
                for check in outcome.checks
            },
            "standin": STANDIN_NOTE if outcome.standin else "",
        }
    return tree


def lookup(tree: dict[str, Any], name: str) -> str | None:
    """The text of the variable, or None where the name is not that of a text."""
    value: Any = tree
    for key in name.split("."):
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value if isinstance(value, str) else None


def closest(name: str, tree: dict[str, Any]) -> str:
    """For a message on a name that is not in the tree: one that is near, or what there is."""
    branch: Any = tree
    path: list[str] = []
    for key in name.split("."):
        if not isinstance(branch, dict) or key not in branch:
            break
        branch = branch[key]
        path.append(key)
    if isinstance(branch, list):
        return f" ({'.'.join(path)} has {len(branch)} entries, from 0)"
    if not isinstance(branch, dict):
        return f" ({'.'.join(path)} has no parts)"
    missing = name.split(".")[len(path)] if len(path) < len(name.split(".")) else ""
    near = difflib.get_close_matches(missing, list(branch), n=1)
    if near:
        return f" (did you mean {'.'.join([*path, near[0]])}?)"
    return f" ({'.'.join(path) or 'the results'} has {', '.join(list(branch)[:8])})"


def only(tree: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The part of the tree that these names reach: what has to be parsed when rendering."""
    part: dict[str, Any] = {}
    for name in sorted(set(names)):
        text = lookup(tree, name)
        if text is not None:
            *path, last = name.split(".")
            branch = part
            for key in path:
                branch = branch.setdefault(key, {})
            branch[last] = text
    return part


def _escaped(tree: Any) -> Any:
    """The texts of a tree, in which Markdown reads no markup."""
    if isinstance(tree, dict):
        return {key: _escaped(value) for key, value in tree.items()}
    return escape(tree)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
