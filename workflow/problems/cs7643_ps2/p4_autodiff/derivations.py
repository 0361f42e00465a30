"""CS 7643 PS 2, problem 4: f(w₁, w₂) = (cos w₁ cos w₂ + σ(w₂), ln(w₁ + w₂) + w₁²w₂), its Jacobian.

The sweeps are written out here as the chapter derives them, one line per node. They and the two
modes of `proofsheet.autodiff` are proved on exact numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.autodiff import primitives
from proofsheet.autodiff.forward import forward_jacobian
from proofsheet.autodiff.primitives import cos, log, sigmoid
from proofsheet.autodiff.reverse import Variable, backward, reverse_jacobian
from proofsheet.checks import exact_check, identity_check
from proofsheet.exact import derivative

POINT = (1.0, 2.0)

# The function, three times: for our nodes, for PyTorch's tensors and for SymPy's symbols ------


def f(w1: Any, w2: Any) -> tuple[Any, Any]:
    """f₁ and f₂ in the order of their graph, v₁ to v₁₀."""
    f1 = cos(w1) * cos(w2) + sigmoid(w2)
    f2 = log(w1 + w2) + w1**2 * w2
    return f1, f2


def evaluate(w1: Any, w2: Any, m: Any = np) -> list[Any]:
    """v₋₁, v₀, v₁, …, v₁₀ line by line; `m` gives cos, exp and log."""
    v1 = m.cos(w1)
    v2 = m.cos(w2)
    v3 = v1 * v2
    v4 = 1 / (1 + m.exp(-w2))
    v5 = v3 + v4
    v6 = w1 + w2
    v7 = m.log(v6)
    v8 = w1**2
    v9 = v8 * w2
    v10 = v7 + v9
    return [w1, w2, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10]


OUTPUTS = (6, 11)  # where v₅ = f₁ and v₁₀ = f₂ stand in `evaluate`


def f_symbolic(w1: Any, w2: Any) -> list[Any]:
    """f₁ and f₂ as the text prints them, with σ(w) = 1 / (1 + e^(−w))."""
    sigma = 1 / (1 + sympy.exp(-w2))
    return [sympy.cos(w1) * sympy.cos(w2) + sigma, sympy.log(w1 + w2) + w1**2 * w2]


# The formulas of the chapter ------------------------------------------------------------------


def closed_form_jacobian(w1: Any, w2: Any, m: Any = np) -> list[list[Any]]:
    """∂fᵢ/∂wⱼ by the rules of calculus; `m` gives sin, cos and exp."""
    s = 1 / (1 + m.exp(-w2))
    return [
        [-m.sin(w1) * m.cos(w2), -m.cos(w1) * m.sin(w2) + s * (1 - s)],
        [1 / (w1 + w2) + 2 * w1 * w2, 1 / (w1 + w2) + w1**2],
    ]


def forward_sweep(w: Any, direction: Any) -> list[Any]:
    """The tangents of v₋₁, …, v₁₀."""
    w1, w2, v1, v2, _, v4, _, v6, _, v8, _, _ = evaluate(*w)
    d1, d2 = direction
    t1 = -np.sin(w1) * d1
    t2 = -np.sin(w2) * d2
    t3 = t1 * v2 + v1 * t2
    t4 = v4 * (1 - v4) * d2
    t5 = t3 + t4
    t6 = d1 + d2
    t7 = t6 / v6
    t8 = 2 * w1 * d1
    t9 = t8 * w2 + v8 * d2
    t10 = t7 + t9
    return [d1, d2, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10]


def reverse_sweep(w: Any, seed: Any) -> list[Any]:
    """The adjoints of v₋₁, …, v₁₀ for the output seed₁ f₁ + seed₂ f₂."""
    w1, w2, v1, v2, _, v4, _, v6, _, v8, _, _ = evaluate(*w)
    g5, g10 = seed
    g9 = g10
    g8 = g9 * w2
    g7 = g10
    g6 = g7 / v6
    g4 = g5
    g3 = g5
    g2 = g3 * v1
    g1 = g3 * v2
    b2 = -g2 * np.sin(w2) + g4 * v4 * (1 - v4) + g6 + g9 * v8
    b1 = -g1 * np.sin(w1) + g6 + 2 * g8 * w1
    return [b1, b2, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10]


def quotient_errors() -> dict[str, tuple[int, Any]]:
    """Order p and factor c of the error c hᵖ ∂ᵖ⁺¹f / ∂wⱼᵖ⁺¹ + higher orders of each quotient."""
    return {"forward": (1, sympy.Rational(1, 2)), "central": (2, sympy.Rational(1, 6))}


def pure_derivatives(order: int) -> np.ndarray:
    """∂^order fᵢ / ∂wⱼ^order at the given point, (2, 2)."""
    w = sympy.symbols("w1 w2", positive=True)
    at = dict(zip(w, map(sympy.Integer, map(int, POINT)), strict=True))
    return np.array(
        [[float(sympy.diff(fi, wj, order).subs(at)) for wj in w] for fi in f_symbolic(*w)]
    )


def forward_quotient(f: Callable[..., Any], w: Sequence[float], h: float) -> np.ndarray:
    """(f(w + h eⱼ) − f(w)) / h for every input j: the Jacobian (outputs, inputs)."""
    columns = [np.subtract(f(*(w + step)), f(*w)) / h for step in h * np.eye(len(w))]
    return np.stack(columns, axis=1)


def central_quotient(f: Callable[..., Any], w: Sequence[float], h: float) -> np.ndarray:
    """(f(w + h eⱼ) − f(w − h eⱼ)) / 2h for every input j: the Jacobian (outputs, inputs)."""
    steps = h * np.eye(len(w))
    columns = [np.subtract(f(*(w + step)), f(*(w - step))) / (2 * h) for step in steps]
    return np.stack(columns, axis=1)


# References -----------------------------------------------------------------------------------


def torch_jacobian(jacobian: Callable[..., Any], w: Sequence[float]) -> np.ndarray:
    """The Jacobian (2, 2) by `torch.func.jacfwd` or `torch.func.jacrev`."""

    def f_torch(w: torch.Tensor) -> torch.Tensor:
        f1 = torch.cos(w[0]) * torch.cos(w[1]) + torch.sigmoid(w[1])
        f2 = torch.log(w[0] + w[1]) + w[0] ** 2 * w[1]
        return torch.stack([f1, f2])

    return jacobian(f_torch)(torch.tensor(w, dtype=torch.float64)).numpy()


def exact_jacobian(w: Any) -> np.ndarray:
    """The Jacobian (2, 2) at exact numbers, by truncated power series."""
    units = ((1, 0), (0, 1))
    return np.stack([derivative(lambda *v: np.array(f(*v)), w, unit) for unit in units], axis=1)


# The checks -----------------------------------------------------------------------------------


@identity_check("the ten lines of the program compute f₁ as v₅ and f₂ as v₁₀")
def program_computes_f(rng, formula=evaluate):
    w = sympy.symbols("w1 w2", positive=True)
    nodes = formula(*w, sympy)
    return [nodes[k] for k in OUTPUTS], f_symbolic(*w)


@identity_check(
    "the forward quotient errs by (h/2)·∂²f, the central one by (h²/6)·∂³f, to leading order"
)
def errors_of_quotients(rng, formula=quotient_errors):
    w, h = sympy.symbols("w1 w2", positive=True), sympy.Symbol("h")
    found, expected = [], []
    for k, wj in enumerate(w):
        ahead, behind = ([x + s * h if i == k else x for i, x in enumerate(w)] for s in (1, -1))
        for here, plus, minus in zip(
            f_symbolic(*w), f_symbolic(*ahead), f_symbolic(*behind), strict=True
        ):
            slope = sympy.diff(here, wj)
            # Multiplied by the denominator, the error is smooth at h = 0 and has Taylor terms.
            smooth = {"forward": plus - here - h * slope, "central": (plus - minus) / 2 - h * slope}
            for name, (p, c) in formula().items():
                found += [
                    sympy.diff(smooth[name], h, n).subs(h, 0) / sympy.factorial(n)
                    for n in range(p + 2)
                ]
                expected += [0] * (p + 1) + [c * sympy.diff(here, wj, p + 1)]
    return expected, found


@identity_check("σ′ = σ(1 − σ)")
def slope_of_the_sigmoid(rng, formula=lambda s: s * (1 - s)):
    w = sympy.Symbol("w", real=True)
    sigma = 1 / (1 + sympy.exp(-w))
    return sympy.diff(sigma, w), formula(sigma)


@identity_check("the rules of calculus give the four derivatives in closed form")
def jacobian_in_closed_form(rng, formula=closed_form_jacobian):
    w = sympy.symbols("w1 w2", positive=True)
    return sympy.Matrix(formula(*w, sympy)), sympy.Matrix(f_symbolic(*w)).jacobian(w)


@exact_check("the written-out tangents v̇₋₁, …, v̇₁₀ are the directional derivatives of the nodes")
def forward_steps(draw, formula=forward_sweep):
    w, direction = tuple(draw.logits(2)), tuple(draw(2))
    tangents = derivative(lambda *w: np.array(evaluate(*w)), w, direction)
    return formula(w, direction), list(tangents)


@exact_check("proofsheet's dual numbers give the Jacobian, column by column", ordered=True)
def dual_numbers(draw, formula=forward_jacobian):
    w = tuple(draw.logits(2))
    return formula(f, *w), exact_jacobian(w)


@exact_check("the written-out adjoints v̄₋₁, …, v̄₁₀ of u₁f₁ + u₂f₂ are those of proofsheet's tape")
def reverse_steps(draw, formula=reverse_sweep):
    w, seed = draw.logits(2), draw(2)
    nodes = evaluate(*map(Variable, w), primitives)
    backward(*(nodes[k] for k in OUTPUTS), seeds=seed)
    return formula(w, seed), [node.gradient for node in nodes]


@exact_check("proofsheet's tape gives the Jacobian, row by row", ordered=True)
def tape_jacobian(draw, formula=reverse_jacobian):
    w = tuple(draw.logits(2))
    return formula(f, *w), exact_jacobian(w)
