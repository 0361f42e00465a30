"""Conditions over metrics: an expression language that is interpreted here, never `eval`ed.

    adam.test_accuracy >= max(adagrad.test_accuracy, rmsprop.test_accuracy) and runs[0].loss < 0.5

There are dotted names of metrics (`runs[0].loss` and `runs.i0.loss` reach into a list, and
`sizes['3x3']` is a key that is not a word), numbers, texts in quotes, True, False, None,
comparisons, + - * / **, min, max and abs, and, or, not. Numbers are compared by size; texts, truth
values and None (a metric without a value) only by == and !=. min and max also take a list.
"""

from __future__ import annotations

import ast
import math
import operator
import reprlib
from collections.abc import Callable, Iterator
from typing import Any

from proofsheet.jobs.errors import UserError

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


def evaluate(condition: str, look_up: Callable[[str], Any]) -> bool:
    """Whether a condition is true.

    Args:
        condition: the expression.
        look_up: the value of a metric by its dotted name; called for every name in the expression,
            also where `and` or `or` decides without it. Raises `UserError` if there is none.

    Raises:
        UserError: the condition is malformed or has no truth value, in one line.
    """
    try:
        tree = ast.parse(condition, mode="eval").body
        return _truth(tree, {name: look_up(name) for name in _names(tree)})
    except SyntaxError as error:
        raise UserError(f"not an expression ({error.msg})") from None
    except ZeroDivisionError:
        raise UserError("division by zero") from None
    except OverflowError:
        raise UserError("a number in it is too large") from None
    except (RecursionError, MemoryError):
        raise UserError("nested too deeply") from None
    except ValueError as error:  # a null byte, or the largest of no number
        raise UserError(str(error)) from None


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
        raise UserError(f"{ast.unparse(node)} is neither true nor false but {reprlib.repr(value)}")
    return value


def _number(node: ast.expr, values: dict[str, Any]) -> float:
    """A finite number as a float: in floats, even 9**9**9 ends at once, in an OverflowError."""
    return _as_number(_evaluate(node, values), node)


def _all(node: ast.expr, values: dict[str, Any]) -> list[float]:
    """The numbers of an argument: one, or those of a list."""
    value = _evaluate(node, values)
    return [_as_number(item, node) for item in (value if isinstance(value, list) else [value])]


def _as_number(value: Any, node: ast.expr) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        shown = "a group of metrics" if isinstance(value, dict) else reprlib.repr(value)
        raise UserError(f"{ast.unparse(node)} is not a number but {shown}")
    return float(value)
