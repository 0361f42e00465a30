"""CSCI 5527 HW 2, problem 2: f(x₁, x₂, x₃) = (x₁x₂ sin x₃ + exp(x₁x₂)) / x₃ and its derivatives.

The sweeps are written out here as the chapter derives them, step by step, and held against
PyTorch; the dual numbers and the tape of `proofsheet.autodiff` are held against it as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.autodiff.forward import push_forward
from proofsheet.autodiff.primitives import exp, sin
from proofsheet.autodiff.reverse import gradient
from proofsheet.checks import equality_check, identity_check

POINT = (1.0, 1.5, 2.0)


def f(x1: Any, x2: Any, x3: Any) -> Any:
    """The function in the order of its graph: the product x₁x₂ is computed once, used twice."""
    v1 = x1 * x2
    v2 = sin(x3)
    v3 = v1 * v2
    v4 = exp(v1)
    v5 = v3 + v4
    return v5 / x3


def f_parsed_otherwise(x1: Any, x2: Any, x3: Any) -> Any:
    """The same function by another graph: 1/x₃ first, no node shared."""
    return (1 / x3) * (x1 * (x2 * sin(x3)) + exp(x2 * x1))


def closed_form(x1: Any, x2: Any, x3: Any, m: Any = math) -> Any:
    """∂f/∂x₂ by the product rule; `m` gives sin and exp."""
    return x1 * (m.sin(x3) + m.exp(x1 * x2)) / x3


def evaluate(x: Any, m: Any = math) -> list[Any]:
    """v₋₂, v₋₁, v₀, v₁, …, v₆."""
    x1, x2, x3 = x
    v1 = x1 * x2
    v2 = m.sin(x3)
    v3 = v1 * v2
    v4 = m.exp(v1)
    v5 = v3 + v4
    return [x1, x2, x3, v1, v2, v3, v4, v5, v5 / x3]


def forward_sweep(x: Any, direction: Any) -> list[float]:
    """The tangents of v₋₂, …, v₆ as the chapter writes them."""
    a, b, c, v1, v2, _, v4, _, v6 = evaluate(x)
    da, db, dc = direction
    d1 = da * b + a * db
    d2 = math.cos(c) * dc
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
    gc = g2 * math.cos(c) - g6 * v6 / c
    gb = g1 * a
    ga = g1 * b
    return [ga, gb, gc, g1, g2, g3, g4, g5, g6]


def torch_derivatives(x: Any, direction: Any) -> tuple[list[float], list[float]]:
    """Tangents and adjoints of v₋₂, …, v₆ by PyTorch."""
    point = tuple(torch.tensor(v, dtype=torch.float64) for v in x)
    dx = tuple(torch.tensor(v, dtype=torch.float64) for v in direction)
    _, tangents = torch.func.jvp(lambda *v: tuple(evaluate(v, torch)), point, dx)
    nodes = evaluate([v.clone().requires_grad_() for v in point], torch)
    adjoints = torch.autograd.grad(nodes[-1], nodes)
    return [float(t) for t in tangents], [float(g) for g in adjoints]


def random_case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A point away from the pole x₃ = 0 and a direction."""
    x = rng.uniform(-1.5, 1.5, 3)
    x[2] = rng.choice([-1, 1]) * rng.uniform(0.5, 3)
    return x, rng.standard_normal(3)


@equality_check(
    "the written-out tangents v̇₋₂, …, v̇₆ are the directional derivatives of the nodes",
    method="autograd",
    trials=200,
)
def forward_steps(rng, formula=forward_sweep):
    x, direction = random_case(rng)
    return formula(x, direction), torch_derivatives(x, direction)[0]


@equality_check(
    "dual numbers give f and its derivative in any direction",
    method="autograd",
    trials=200,
)
def dual_numbers(rng, formula=push_forward):
    x, direction = random_case(rng)
    value, tangent = formula(f, x, direction)
    expected = [evaluate(x)[-1], torch_derivatives(x, direction)[0][-1]]
    return np.concatenate([value, tangent]), expected


@equality_check(
    "the written-out adjoints v̄₋₂, …, v̄₆ are the derivatives of f with respect to the nodes",
    method="autograd",
    trials=200,
)
def reverse_steps(rng, formula=reverse_sweep):
    x, direction = random_case(rng)
    return formula(x), torch_derivatives(x, direction)[1]


@equality_check("the tape gives the gradient of f", method="autograd", trials=200)
def tape_gradient(rng, formula=gradient):
    x, direction = random_case(rng)
    return formula(f, *x), torch_derivatives(x, direction)[1][:3]


@identity_check("∂f/∂x₂ = x₁(sin x₃ + exp(x₁x₂))/x₃")
def gradient_in_closed_form(rng, formula=closed_form):
    x = sympy.symbols("x1 x2 x3", positive=True)
    return formula(*x, sympy), sympy.diff(evaluate(x, sympy)[-1], x[1])


@equality_check(
    "another parse of f, hence another graph, gives the same value and gradient", trials=200
)
def graph_does_not_matter(rng, formula=f_parsed_otherwise):
    x, _ = random_case(rng)
    actual = [formula(*x), *gradient(formula, *x)]
    return actual, [f(*x), *gradient(f, *x)]
