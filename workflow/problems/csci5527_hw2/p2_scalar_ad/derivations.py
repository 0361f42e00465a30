"""CSCI 5527 HW 2, problem 2: f(x₁, x₂, x₃) = (x₁x₂ sin x₃ + exp(x₁x₂)) / x₃ and its derivatives.

The sweeps are written out here as the chapter derives them, step by step, and proved; so are the
dual numbers and the tape of `proofsheet.autodiff`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from proofsheet.autodiff import primitives
from proofsheet.autodiff.forward import push_forward
from proofsheet.autodiff.reverse import gradient
from proofsheet.checks import exact_check, identity_check
from proofsheet.exact import derivative

POINT = (1.0, 1.5, 2.0)


def evaluate(x: Any, m: Any = np) -> list[Any]:
    """v₋₂, v₋₁, v₀, v₁, …, v₆ in the order of the graph; `m` has sin and exp."""
    x1, x2, x3 = x
    v1 = x1 * x2
    v2 = m.sin(x3)
    v3 = v1 * v2
    v4 = m.exp(v1)
    v5 = v3 + v4
    return [x1, x2, x3, v1, v2, v3, v4, v5, v5 / x3]


def f(*x: Any) -> Any:
    """The function, of three numbers, dual numbers or nodes of the tape."""
    return evaluate(x, primitives)[-1]


def f_parsed_otherwise(x1: Any, x2: Any, x3: Any) -> Any:
    """The same function by another graph: 1/x₃ first, no node shared."""
    return (1 / x3) * (x1 * (x2 * primitives.sin(x3)) + primitives.exp(x2 * x1))


def closed_form(x1: Any, x2: Any, x3: Any, m: Any = np) -> Any:
    """∂f/∂x₂ by the product rule; `m` has sin and exp."""
    return x1 * (m.sin(x3) + m.exp(x1 * x2)) / x3


def forward_sweep(x: Any, direction: Any) -> list[float]:
    """The tangents of v₋₂, …, v₆ as the chapter writes them."""
    a, b, c, v1, v2, _, v4, _, v6 = evaluate(x)
    da, db, dc = direction
    d1 = da * b + a * db
    d2 = np.cos(c) * dc
    d3 = d1 * v2 + v1 * d2
    d4 = v4 * d1
    d5 = d3 + d4
    d6 = d5 / c - (v6 / c) * dc
    return [da, db, dc, d1, d2, d3, d4, d5, d6]


def reverse_sweep(x: Any) -> list[float]:
    """The adjoints of v₋₂, …, v₆ as the chapter writes them."""
    a, b, c, v1, v2, _, v4, _, v6 = evaluate(x)
    g6 = 1.0
    g5 = g6 / c
    g4 = g5
    g3 = g5
    g2 = g3 * v1
    g1 = g3 * v2 + g4 * v4
    gc = g2 * np.cos(c) - g6 * v6 / c
    gb = g1 * a
    ga = g1 * b
    return [ga, gb, gc, g1, g2, g3, g4, g5, g6]


@exact_check("the written-out tangents v̇₋₂, …, v̇₆ are the directional derivatives of the nodes")
def forward_steps(draw, formula=forward_sweep):
    x, direction = draw(3), draw(3)
    return formula(x, direction), derivative(lambda *x: evaluate(x), tuple(x), tuple(direction))


@exact_check("dual numbers give f and its derivative in any direction")
def dual_numbers(draw, formula=push_forward):
    x, direction = draw(3), draw(3)
    slope = derivative(lambda *x: evaluate(x)[-1], tuple(x), tuple(direction))
    return formula(f, x, direction), ([evaluate(x)[-1]], [slope])


def moved(x: Any, shifts: Any) -> Any:
    """f, where each node is moved by its own shift and the program goes on with the moved node."""
    a, b, c = (value + shift for value, shift in zip(x, shifts, strict=False))
    v1 = a * b + shifts[3]
    v2 = np.sin(c) + shifts[4]
    v3 = v1 * v2 + shifts[5]
    v4 = np.exp(v1) + shifts[6]
    return (v3 + v4 + shifts[7]) / c + shifts[8]


@exact_check("the written-out adjoints v̄₋₂, …, v̄₆ are the derivatives of f by the nodes")
def reverse_steps(draw, formula=reverse_sweep):
    x, still = draw(3), np.zeros(9, dtype=int)
    slopes = [derivative(lambda shifts: moved(x, shifts), still, unit) for unit in np.eye(9)]
    return formula(x), slopes


@exact_check("the tape gives the gradient of f")
def tape_gradient(draw, formula=gradient):
    x = draw(3)
    expected = [derivative(lambda x: evaluate(x)[-1], x, unit) for unit in np.eye(3)]
    return formula(f, *x), expected


@identity_check("∂f/∂x₂ = x₁(sin x₃ + exp(x₁x₂))/x₃")
def gradient_in_closed_form(rng, formula=closed_form):
    x = sympy.symbols("x1 x2 x3", positive=True)
    return formula(*x, sympy), sympy.diff(evaluate(x, sympy)[-1], x[1])


@exact_check("another parse of f, hence another graph, gives the same value and gradient")
def graph_does_not_matter(draw, formula=f_parsed_otherwise):
    x = draw(3)
    return [formula(*x), *gradient(formula, *x)], [f(*x), *gradient(f, *x)]
