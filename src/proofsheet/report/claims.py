"""Sentences about results whose truth depends on the run, each with its condition.

    [Adam has the highest accuracy]{.claim if="adam.accuracy >= max(adagrad.accuracy, sgd.accuracy)"
    else="Adam does not have the highest accuracy"}

The condition is an expression over the metrics.json of the chapter's own problem: dotted names
(`runs[0].loss` and `runs.i0.loss` reach into a list, `sizes['3x3']` a key that is no word, and
`set.problem.metric` another problem of the document), numbers, texts in single quotes, `True`,
`False` and `None` (a metric without a value; compared with == and != alone), comparisons,
+ - * / **, min, max, abs, and, or, not. It is parsed and interpreted here, never `eval`ed.

A true claim prints its text. A false one prints its `else`; without one it is an error in a full
run on real data, and otherwise leaves a dagger in its place.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from proofsheet.jobs.errors import UserError
from proofsheet.report.chapter import Chapter
from proofsheet.report.numbers import DAGGER
from proofsheet.report.results import Outcome, metric

FORM = '[text]{.claim if="condition" else="text"}'
_OPENING = re.compile(r'\{[^{}"]*?\.claim(?![\w-])|(?<=\])\{\s*(?:if|else)=')
_ATTRIBUTES = re.compile(
    r'\{\s*\.claim\s+if="(?P<condition>[^"]*)"'
    r'(?:\s+else="(?P<otherwise>(?:\\.|[^"\\])*)")?\s*\}',
    re.DOTALL,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_ARITHMETIC: dict[type, Callable[[float, float], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "min": min, "max": max, "abs": lambda values: abs(*values)
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """A claim in a chapter: `start` and `end` are positions in its text."""

    start: int
    end: int
    text: str
    condition: str
    otherwise: str | None


@dataclass(frozen=True)
class Context:
    """What the claims of a chapter are judged by.

    Attributes:
        own: the results of the chapter's problem; None where it is not about a single one.
        outcomes: the results of every problem of the document.
        preset: the size of the run; a false claim is an error in a `full` one only.
    """

    own: Outcome | None
    outcomes: Iterable[Outcome]
    preset: str = "full"

    def find(self, name: str) -> tuple[Outcome, Any]:
        """The problem that a dotted name is about, and the metric's value."""
        for outcome in self.outcomes:
            if name.startswith(f"{outcome.key}."):
                name = name.removeprefix(f"{outcome.key}.")
                break
        else:
            if self.own is None:
                raise UserError(f"no problem has the metric {name}; write <set>.<problem>.<metric>")
            outcome = self.own
        try:
            return outcome, metric(outcome.metrics, name)
        except (KeyError, IndexError, TypeError, ValueError):
            raise UserError(f"{outcome.folder / 'metrics.json'} has no metric {name}") from None


def scan(chapter: Chapter) -> tuple[list[Claim], list[tuple[int, str]]]:
    """The claims of a chapter; position and message of everything that is half a claim."""
    claims: list[Claim] = []
    faults: list[tuple[int, str]] = []
    for opening in _OPENING.finditer(chapter.source):
        attributes = _ATTRIBUTES.match(chapter.text, opening.start())
        start = _opening_bracket(chapter, opening.start())
        if start is None:
            faults.append((opening.start(), f"a claim without its [text]; write {FORM}"))
        elif not attributes:
            what = 'a claim that is not written as [text]{.claim if="…"} or with else="…" after it'
            faults.append((start, what))
        elif _BLANK_LINE.search(chapter.text, start, attributes.end()):
            faults.append((start, "a claim with a blank line in it; it is part of one paragraph"))
        elif claims and start < claims[-1].end:
            faults.append((start, "a claim inside another one"))
        else:
            text, otherwise = chapter.text[start + 1 : opening.start() - 1], attributes["otherwise"]
            if otherwise is not None:
                otherwise = otherwise.replace('\\"', '"')
            condition = " ".join(attributes["condition"].split())
            claims.append(Claim(start, attributes.end(), text, condition, otherwise))
            first_on_line = not chapter.text[:start].rpartition("\n")[2].strip()
            if first_on_line and any((t or "").startswith("@") for t in (text, otherwise)):
                faults.append((start, "a line that starts with @ becomes a list item"))
    return claims, faults


def _opening_bracket(chapter: Chapter, end: int) -> int | None:
    """Where the bracket begins that ends just before `end`, within its paragraph."""
    blank = list(_BLANK_LINE.finditer(chapter.text, 0, end))
    first = blank[-1].end() if blank else 0
    text = re.sub(r"\\.", "  ", chapter.brackets[:end], flags=re.DOTALL)
    depth = 0
    for position in range(end - 1, first - 1, -1):
        depth += {"]": 1, "[": -1}.get(text[position], 0)
        if depth == 0:
            return position if position < end - 1 else None
    return None


def replace(chapter: Chapter, printed: Callable[[Claim], str]) -> str:
    """The text of a chapter with each claim replaced by what `printed` returns for it."""
    parts, done = [], 0
    for claim in scan(chapter)[0]:
        parts += [chapter.text[done : claim.start], printed(claim)]
        done = claim.end
    return "".join([*parts, chapter.text[done:]])


def resolve(chapter: Chapter, context: Context) -> str:
    """The text of a chapter with its claims judged; every other line keeps its number.

    Raises:
        UserError: a claim that cannot be judged, or is false where it must not be.
    """

    def printed(claim: Claim) -> str:
        text = judge(claim, context)
        lost = chapter.text.count("\n", claim.start, claim.end) - text.count("\n")
        # A comment over several lines: it prints nothing, not even a space.
        filler = "\n." * (lost - 1)
        return f"{text}<!--{filler}\n-->" if lost else text

    return replace(chapter, printed)


def faults(chapter: Chapter, context: Context) -> Iterator[tuple[int, str]]:
    """Position and message of every claim that is malformed, cannot be judged or is false."""
    claims, malformed = scan(chapter)
    yield from malformed
    for claim in claims:
        try:
            judge(claim, context)
        except UserError as error:
            yield claim.start, str(error)


def judge(claim: Claim, context: Context) -> str:
    """What a claim prints.

    Raises:
        UserError: the condition is not one, or is false in a full run on real data without `else`.
    """
    problems = [context.own] if context.own else []
    values: dict[str, Any] = {}
    try:
        tree = ast.parse(claim.condition, mode="eval").body
        for name in _names(tree):
            problem, values[name] = context.find(name)
            problems.append(problem)
        holds = _truth(tree, values)
    except SyntaxError as error:
        raise UserError(_message(claim, f"not an expression ({error.msg})")) from None
    except ZeroDivisionError:
        raise UserError(_message(claim, "division by zero", values)) from None
    except OverflowError:
        raise UserError(_message(claim, "a number in it is too large", values)) from None
    except (RecursionError, MemoryError):
        raise UserError(_message(claim, "nested too deeply")) from None
    except (UserError, ValueError) as error:
        raise UserError(_message(claim, str(error))) from None
    if holds:
        return claim.text
    if claim.otherwise is not None:
        return claim.otherwise
    if context.preset != "full" or any(problem.standin for problem in problems):
        return DAGGER
    advice = 'is false; change the sentence or give it else="…"'
    raise UserError(_message(claim, advice, values))


def _message(claim: Claim, what: str, values: dict[str, Any] | None = None) -> str:
    condition = claim.condition if len(claim.condition) < 200 else f"{claim.condition[:200]}…"
    with_values = ", ".join(f"{name} = {value!r}" for name, value in (values or {}).items())
    return f"the claim {condition!r}: {what}" + (f" ({with_values})" if with_values else "")


def _name(node: ast.expr) -> str | None:
    """A name, an attribute or an element as a dotted name, or None for another expression."""
    match node:
        case ast.Name(id=name):
            return name
        case (
            ast.Attribute(value=value, attr=key)
            | ast.Subscript(value=value, slice=ast.Constant(value=str() | int() as key))
        ):
            before = _name(value)
            return None if before is None else f"{before}.{key}"
    return None


def _names(node: ast.expr) -> Iterator[str]:
    """The metrics in an expression; `UserError` for anything that is not allowed in one."""
    parts: list[ast.expr]
    match node:
        case _ if (name := _name(node)) is not None:
            yield name
            return
        case ast.Constant(value=bool() | int() | float() | str() | None):
            return
        case ast.BoolOp(values=parts):
            pass
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=operand):
            parts = [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            parts = [left, right]
        case ast.Compare(left=left, ops=ops) if all(type(op) in _COMPARISONS for op in ops):
            parts = [left, *node.comparators]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]):
            if name not in _FUNCTIONS:
                allowed = ", ".join(sorted(_FUNCTIONS))
                raise UserError(f"unknown function {name}; allowed: {allowed}")
            if not parts or (name == "abs" and len(parts) > 1):
                raise UserError(f"wrong number of arguments: {ast.unparse(node)}")
        case _:
            raise UserError(f"not allowed in a condition: {ast.unparse(node)}")
    for part in parts:
        yield from _names(part)


def _evaluate(node: ast.expr, values: dict[str, Any]) -> Any:
    """The value of an expression that `_names` has accepted."""
    match node:
        case _ if (name := _name(node)) is not None:
            return values[name]
        case ast.Constant(value=value):
            return value
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_truth(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_truth(part, values) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(operand, values)
        case ast.UnaryOp(op=op, operand=operand):
            return _number(operand, values) * (-1 if isinstance(op, ast.USub) else 1)
        case ast.BinOp(left=left, op=op, right=right):
            result = _ARITHMETIC[type(op)](_number(left, values), _number(right, values))
            if isinstance(result, complex):
                raise UserError(f"not a real number: {ast.unparse(node)}")
            return result
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            pairs = zip(sides, ops, others)  # noqa: B905 -- one more side than comparisons
            return all(_compare(one, op, other, values) for one, op, other in pairs)
        case ast.Call(func=ast.Name(id=name), args=parts):
            return _FUNCTIONS[name]([number for part in parts for number in _all(part, values)])
    raise AssertionError(ast.dump(node))


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, values: dict[str, Any]) -> bool:
    """Numbers by size; texts, truth values and None for equality alone."""
    one, other = _evaluate(left, values), _evaluate(right, values)
    alike = isinstance(one, str | bool) and type(one) is type(other)
    if isinstance(op, ast.Eq | ast.NotEq) and (alike or one is None or other is None):
        return _COMPARISONS[type(op)](one, other)
    return _COMPARISONS[type(op)](_number(left, values), _number(right, values))


def _truth(node: ast.expr, values: dict[str, Any]) -> bool:
    value = _evaluate(node, values)
    if not isinstance(value, bool):
        raise UserError(f"{ast.unparse(node)} is neither true nor false but {value!r}")
    return value


def _number(node: ast.expr, values: dict[str, Any]) -> float:
    """A finite number as a float: in floats, even 9**9**9 ends at once, in an OverflowError."""
    return _as_number(_evaluate(node, values), node)


def _all(node: ast.expr, values: dict[str, Any]) -> list[float]:
    """The numbers of an argument: one, or those of a list."""
    value = _evaluate(node, values)
    return [_as_number(item, node) for item in (value if isinstance(value, list) else [value])]


def _as_number(value: Any, node: ast.expr) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        shown = "a group of metrics" if isinstance(value, dict) else repr(value)
        raise UserError(f"{ast.unparse(node)} is not a number but {shown}")
    return float(value)
