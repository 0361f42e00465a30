"""Forward mode: numbers that carry their derivative along.

A dual number v + v̇ε with ε² = 0 computes f(v + v̇ε) = f(v) + f′(v)v̇ ε: the value and, beside it,
the derivative of everything in one direction. One sweep gives one column of the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from proofsheet.autodiff.node import Node, plain
from proofsheet.autodiff.primitives import Primitive


class Dual(Node):
    """A value with its tangent, an array of the same shape."""

    def __init__(self, value: Any, tangent: Any = 0.0, name: str = "", **origin: Any) -> None:
        super().__init__(value, name, **origin)
        self.tangent = np.broadcast_to(np.asarray(tangent, self.value.dtype), self.shape)

    def record(self, primitive: Primitive, arguments: tuple[Any, ...]) -> Self:
        result = super().record(primitive, arguments)
        values = plain(arguments)
        result.tangent = sum(
            derivative.push(parent.tangent, result.value, *values)
            for parent, derivative in result.edges()
        )
        return result


def push_forward(
    f: Callable[..., Any], inputs: Sequence[Any], direction: Sequence[Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Value of f and its derivative in one direction, each as one flat vector.

    Args:
        f: of as many arrays as there are inputs; returns one output or a sequence of them.
        inputs, direction: arrays, pair by pair of the same shape.
    """
    outputs = f(*(Dual(x, dx) for x, dx in zip(inputs, direction, strict=True)))
    duals = [y if isinstance(y, Dual) else Dual(y) for y in as_sequence(outputs)]
    return flat([y.value for y in duals]), flat([y.tangent for y in duals])


def forward_jacobian(f: Callable[..., Any], *inputs: Any) -> np.ndarray:
    """Jacobian (entries of the outputs × entries of the inputs): one sweep per column."""
    inputs = [np.asarray(x) for x in inputs]
    columns = []
    for k, x in enumerate(inputs):
        for unit in np.eye(x.size).reshape(-1, *x.shape):
            direction = [unit if i == k else np.zeros_like(z) for i, z in enumerate(inputs)]
            columns.append(push_forward(f, inputs, direction)[1])
    return np.stack(columns, axis=1)


def as_sequence(outputs: Any) -> Sequence[Any]:
    """One output or several, as a sequence."""
    return outputs if isinstance(outputs, list | tuple) else [outputs]


def flat(arrays: Sequence[Any]) -> np.ndarray:
    """All entries, one after the other."""
    return np.concatenate([np.ravel(array) for array in arrays])
