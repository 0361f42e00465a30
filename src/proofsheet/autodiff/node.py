"""A value that remembers how it was made, so that a computation leaves its graph behind."""

from __future__ import annotations

import itertools
from typing import Any, Self

import numpy as np

from proofsheet.autodiff.primitives import (
    Derivative,
    Primitive,
    add,
    divide,
    exp,
    log,
    matmul,
    multiply,
    negative,
    power,
    subtract,
    total,
    transpose,
)


class Node:
    """An array of floats made by `primitive` from `arguments` (an input: by nothing).

    Arguments are nodes or plain numbers and arrays; the latter are constants. The order in
    which nodes are made (`index`) is an order of evaluation: parents come before children.
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to us
    _indices = itertools.count()

    def __init__(
        self,
        value: Any,
        name: str = "",
        *,
        primitive: Primitive | None = None,
        arguments: tuple[Any, ...] = (),
    ) -> None:
        value = np.asarray(value)
        # Exact numbers (`proofsheet.exact`) are objects, and stay what they are.
        kept = value.dtype == object or np.issubdtype(value.dtype, np.floating)
        self.value = value if kept else value.astype(float)
        self.name, self.primitive, self.arguments = name, primitive, arguments
        self.index = next(Node._indices)

    def record(self, primitive: Primitive, arguments: tuple[Any, ...]) -> Self:
        """The node that `primitive` makes of `arguments`, one of which is `self`."""
        for k, argument in enumerate(arguments):
            if isinstance(argument, Node):
                if type(argument) is not type(self):
                    raise TypeError("dual numbers and nodes of a tape do not mix")
                if k >= len(primitive.derivatives):
                    raise TypeError(f"argument {k} of {primitive.notation!r} must be a constant")
        value = primitive.value(*plain(arguments))
        return type(self)(value, primitive=primitive, arguments=arguments)

    def edges(self) -> list[tuple[Self, Derivative]]:
        """Every parent with the derivative of this node with respect to it."""
        if self.primitive is None:
            return []
        pairs = zip(self.arguments, self.primitive.derivatives, strict=False)
        return [(argument, d) for argument, d in pairs if isinstance(argument, Node)]

    def named(self, name: str) -> Self:
        """The same node under a name of its own (LaTeX) in tables and graphs."""
        self.name = name
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def T(self) -> Self:
        return transpose(self)

    def sum(self, axis: int | None = None) -> Self:
        return total(self) if axis is None else total(self, axis)

    # fmt: off
    def __add__(self, other):      return add(self, other)
    def __radd__(self, other):     return add(other, self)
    def __sub__(self, other):      return subtract(self, other)
    def __rsub__(self, other):     return subtract(other, self)
    def __mul__(self, other):      return multiply(self, other)
    def __rmul__(self, other):     return multiply(other, self)
    def __truediv__(self, other):  return divide(self, other)
    def __rtruediv__(self, other): return divide(other, self)
    def __matmul__(self, other):   return matmul(self, other)
    def __rmatmul__(self, other):  return matmul(other, self)
    def __neg__(self):             return negative(self)
    def __rpow__(self, other):     return exp(multiply(self, log(other)))
    # fmt: on

    def __pow__(self, exponent):
        """A constant exponent is a primitive; a variable one needs a positive base."""
        if isinstance(exponent, Node):
            return exp(multiply(exponent, log(self)))
        return power(self, exponent)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name or 'unnamed'}, shape {self.shape})"


def plain(arguments: tuple[Any, ...]) -> list[Any]:
    """The arguments as numbers and arrays."""
    return [a.value if isinstance(a, Node) else a for a in arguments]


def tape(*outputs: Any) -> list[Any]:
    """All nodes that the outputs depend on, in order of evaluation."""
    reached, waiting = set(), [output for output in outputs if isinstance(output, Node)]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [parent for parent, _ in node.edges()]
    return sorted(reached, key=lambda node: node.index)
