"""The table of derivatives: one row per elementary operation, and nothing else to trust.

For y = op(a, b, …) the derivative with respect to one argument is a linear map da ↦ dy. A row
gives that map (`push`, all that forward mode needs) and its adjoint for the inner product
⟨A, B⟩ = Σ AᵢⱼBᵢⱼ (`pull`, all that reverse mode needs). They are one thing seen from two sides:

    ⟨push(t), g⟩ = ⟨t, pull(g)⟩      for every tangent t of the argument and gradient g of y,

and a row in which that fails, or whose push is not the derivative, does not pass its check.

A row is itself the function to call: `sin(x)` gives a number for a number, a dual number for a
dual number and a node of the tape for a node of the tape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Derivative:
    """The linear map from one argument's change to the result's change, and its adjoint.

    Both maps take (t or g, y, *arguments). `pushed` and `pulled` are their formulas in LaTeX.
    """

    push: Callable[..., Any]
    pull: Callable[..., Any]
    pushed: str
    pulled: str


@dataclass(frozen=True)
class Primitive:
    """An operation with its notation (LaTeX, `{0}` the first argument) and derivatives.

    Arguments beyond the derivatives are constants of the operation (an exponent, an axis).
    """

    notation: str
    value: Callable[..., Any]
    derivatives: tuple[Derivative, ...]

    def __call__(self, *arguments: Any) -> Any:
        for argument in arguments:
            if hasattr(argument, "record"):
                return argument.record(self, arguments)
        return self.value(*arguments)


def fold(gradient: Any, shape: tuple[int, ...]) -> Any:
    """Adjoint of broadcasting `shape` to the gradient's shape: sum over the copies."""
    extra = np.ndim(gradient) - len(shape)
    copied = tuple(i for i, n in enumerate(shape, extra) if n == 1 != np.shape(gradient)[i])
    return np.reshape(np.sum(gradient, axis=(*range(extra), *copied)), shape)


def elementwise(
    notation: str, value: Callable[..., Any], *partials: tuple[str, Callable[..., Any]]
) -> Primitive:
    """An operation on entries: push and pull both multiply by the partial derivative ∂y/∂aₖ.

    Args:
        notation, value: of the operation, which broadcasts as NumPy does.
        partials: for each argument its partial derivative in LaTeX and as (y, *arguments) ↦ array.
    """

    def derivative(k: int, latex: str, partial: Callable[..., Any]) -> Derivative:
        def push(t: Any, y: Any, *arguments: Any) -> Any:
            return np.broadcast_to(partial(y, *arguments) * t, np.shape(y))

        def pull(g: Any, y: Any, *arguments: Any) -> Any:
            return fold(partial(y, *arguments) * g, np.shape(arguments[k]))

        short = {"1": "{sum}%s", "-1": "-{sum}%s"}.get(latex, "{sum}%s {dot} " + latex)
        return Derivative(push, pull, short.replace("{sum}", "") % "{t}", short % "{g}")

    return Primitive(
        notation, value, tuple(derivative(k, *partial) for k, partial in enumerate(partials))
    )


def _spread(g: Any, shape: tuple[int, ...], axis: int | None) -> Any:
    """Adjoint of a sum over `axis`: a copy of the gradient for every term."""
    return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), shape)


# fmt: off
# A table is read across. {dot} is · between scalars and ⊙ between matrices, {y} the result.
add      = elementwise("{0} + {1}", np.add,
                       ("1", lambda y, a, b: 1),
                       ("1", lambda y, a, b: 1))
subtract = elementwise("{0} - {1}", np.subtract,
                       ("1", lambda y, a, b: 1),
                       ("-1", lambda y, a, b: -1))
multiply = elementwise("{0} {dot} {1}", np.multiply,
                       ("{1}", lambda y, a, b: b),
                       ("{0}", lambda y, a, b: a))
divide   = elementwise("{0} / {1}", np.divide,
                       ("(1 / {1})", lambda y, a, b: 1 / b),
                       ("(-{y} / {1})", lambda y, a, b: -y / b))
power    = elementwise("{0}^{{{1}}}", lambda a, n: a**n,
                       ("{1} {dot} {0}^{{{1} - 1}}", lambda y, a, n: n * a ** (n - 1) if n else 0))
negative = elementwise("-{0}", np.negative, ("-1", lambda y, a: -1))
sin      = elementwise(r"\sin {0}", np.sin, (r"\cos {0}", lambda y, a: np.cos(a)))
cos      = elementwise(r"\cos {0}", np.cos, (r"(-\sin {0})", lambda y, a: -np.sin(a)))
exp      = elementwise(r"\exp {0}", np.exp, ("{y}", lambda y, a: y))
log      = elementwise(r"\ln {0}", np.log, ("(1 / {0})", lambda y, a: 1 / a))
sigmoid  = elementwise(r"\sigma({0})", lambda a: np.exp(np.minimum(a, 0)) / (1 + np.exp(-abs(a))),
                       ("{y} {dot} (1 - {y})", lambda y, a: y * (1 - y)))
relu     = elementwise(r"\sigma({0})", lambda a: np.maximum(a, 0),
                       (r"\mathbf{{1}}[{0} > 0]", lambda y, a: a > 0))

matmul = Primitive("{0} {1}", np.matmul, (
    Derivative(lambda t, y, A, B: t @ B, lambda g, y, A, B: g @ B.T, "{t} {1}", r"{g}\, {1}^\top"),
    Derivative(lambda t, y, A, B: A @ t, lambda g, y, A, B: A.T @ g, "{0} {t}", r"{0}^\top\, {g}"),
))
transpose = Primitive(r"{0}^\top", np.transpose, (
    Derivative(lambda t, y, A: t.T, lambda g, y, A: g.T, r"{t}^\top", r"{g}^\top"),
))
total = Primitive(r"\operatorname{{sum}}({0})", lambda A, axis=None: np.sum(A, axis), (
    Derivative(lambda t, y, A, axis=None: np.sum(t, axis),
               lambda g, y, A, axis=None: _spread(g, A.shape, axis),
               r"\operatorname{{sum}}({t})", r"{g} \mathbf{{1}}"),
))
half_squared_norm = Primitive(r"\frac{{1}}{{2}} \left\Vert {0} \right\Vert_F^2",
                              lambda A: 0.5 * np.sum(A * A), (
    Derivative(lambda t, y, A: np.sum(A * t), lambda g, y, A: g * A,
               r"\langle {0}, {t} \rangle", r"{g}\, {0}"),
))
# fmt: on
