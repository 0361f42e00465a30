"""Deep Learning HW 1, problem 3: the formulas of the chapter, each held against a reference.

Letters as in the chapter: g_t are gradients, α the learning rate, β₁ and β₂ the decays, ε the
constant in the denominator, μ the momentum. "Our Adam" is `proofsheet.learning.optimizers.Adam`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.checks import bound_check, derivation_check, equality_check
from proofsheet.learning.optimizer_paths import path
from proofsheet.learning.optimizers import Adam

# The formulas -----------------------------------------------------------------------------


def first_step(w1: Any, g1: Any, a: Any, b1: Any, b2: Any, eps: Any) -> dict[str, Any]:
    """m₁, v₁, m̂₁, v̂₁ and w₂ in closed form, of numbers or of symbols."""
    return {
        "m": (1 - b1) * g1,
        "v": (1 - b2) * g1**2,
        "m_hat": g1,
        "v_hat": g1**2,
        "w": w1 - a * g1 / (abs(g1) + eps),
    }


def second_step(w1: Any, g1: Any, g2: Any, a: Any, b1: Any, b2: Any, eps: Any) -> dict[str, Any]:
    """m₂, v₂, m̂₂, v̂₂ and w₃ in closed form, of numbers or of symbols."""
    m_hat = (b1 * g1 + g2) / (1 + b1)
    v_hat = (b2 * g1**2 + g2**2) / (1 + b2)
    return {
        "m": (1 - b1) * (b1 * g1 + g2),
        "v": (1 - b2) * (b2 * g1**2 + g2**2),
        "m_hat": m_hat,
        "v_hat": v_hat,
        "w": w1 - a * g1 / (abs(g1) + eps) - a * m_hat / (_sqrt(v_hat) + eps),
    }


def mean_weights(beta: float, t: int) -> np.ndarray:
    """Share of g_1 … g_t in the corrected mean m̂_t: β^(t−s)(1 − β)/(1 − βᵗ), (t,)."""
    return beta ** np.arange(t - 1, -1, -1) * (1 - beta) / (1 - beta**t)


def uncorrected_step(b1: float, b2: float, t: int) -> float:
    """Step t in units of α without bias correction, constant gradients, ε = 0."""
    return (1 - b1**t) / math.sqrt(1 - b2**t)


def signal_to_noise_step(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Mean step in units of α, for gradients with this mean and deviation, β₂ → 1."""
    return mean / np.sqrt(mean**2 + deviation**2)


def _sqrt(value: Any) -> Any:
    """The root of a number or of a symbolic expression."""
    return sympy.sqrt(value) if isinstance(value, sympy.Basic) else math.sqrt(value)


# Random cases and references --------------------------------------------------------------


def recurrence(
    w: Any, gradients: Sequence[Any], a: Any, b1: Any, b2: Any, eps: Any
) -> list[dict[str, Any]]:
    """The text's algorithm, line by line, of numbers or of symbols: one state per gradient."""
    m, v, states = 0, 0, []
    for t, g in enumerate(gradients, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        w = w - a * m_hat / (_sqrt(v_hat) + eps)
        states.append({"m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "w": w})
    return states


def draw_setting(rng: np.random.Generator) -> dict[str, float]:
    """Learning rate, decays and an ε that is large enough to be seen."""
    return {
        "a": 10 ** rng.uniform(-3, -1),
        "b1": rng.uniform(0.5, 0.95),
        "b2": rng.uniform(0.9, 0.999),
        "eps": 10 ** rng.uniform(-8, -1),
    }


def draw_quadratic(rng: np.random.Generator) -> tuple[np.ndarray, Callable]:
    """A start and the gradient of a convex quadratic with curvatures from 1/10 to 10."""
    curvature, center = 10 ** rng.uniform(-1, 1, 3), rng.standard_normal(3)
    return rng.standard_normal(3), lambda t, w: curvature * (w - center)


# 3.1 The first two steps ------------------------------------------------------------------


def _symbols() -> dict[str, sympy.Symbol]:
    names = {"w1": {"real": True}, "g1": {"real": True}, "g2": {"real": True}}
    names |= {name: {"positive": True} for name in ("a", "b1", "b2", "eps")}
    return {name: sympy.Symbol(name, **kind) for name, kind in names.items()}


@derivation_check(
    claim="m₁, v₁, m̂₁, v̂₁, w₂ as stated",
    method="symbolic",
    tolerance=0,
)
def first_step_symbolic(rng, formula=first_step):
    s = _symbols()
    hyper = (s["a"], s["b1"], s["b2"], s["eps"])
    (expected,) = recurrence(s["w1"], [s["g1"]], *hyper)
    return _symbolic_differences(formula(s["w1"], s["g1"], *hyper), expected)


@derivation_check(
    claim="m₂, v₂, m̂₂, v̂₂, w₃ as stated",
    method="symbolic",
    tolerance=0,
)
def second_step_symbolic(rng, formula=second_step):
    s = _symbols()
    hyper = (s["a"], s["b1"], s["b2"], s["eps"])
    _, expected = recurrence(s["w1"], [s["g1"], s["g2"]], *hyper)
    return _symbolic_differences(formula(s["w1"], s["g1"], s["g2"], *hyper), expected)


def _symbolic_differences(actual: dict[str, Any], expected: dict[str, Any]) -> int:
    """How many of the expected expressions are not the actual ones, after simplification."""
    return sum(
        sympy.simplify(sympy.factor(actual[name]) - sympy.factor(value)) != 0
        for name, value in expected.items()
        if name != "w"
    ) + int(not _same_iterate(actual["w"], expected["w"]))


def _same_iterate(actual: sympy.Expr, expected: sympy.Expr) -> bool:
    """Equality of iterates: the arguments of roots are simplified before the difference is."""

    def reduced(expression: sympy.Expr) -> sympy.Expr:
        return expression.replace(
            lambda part: part.is_Pow and part.exp == sympy.Rational(1, 2),
            lambda root: sympy.sqrt(sympy.cancel(root.base)),
        )

    return sympy.simplify(reduced(actual) - reduced(expected)) == 0


@equality_check("w₂ and w₃ are those of torch.optim.Adam", trials=200, tolerance=1e-10)
def first_steps_torch(rng, formula=second_step):
    setting = draw_setting(rng)
    w1, g1, g2 = rng.standard_normal(3) * 10.0 ** rng.integers(-3, 4, 3)
    w1 = min(max(w1, -10.0), 10.0)  # a large w would bury the steps in its rounding
    run = path(
        lambda params: torch.optim.Adam(
            params,
            lr=setting["a"],
            betas=(setting["b1"], setting["b2"]),
            eps=setting["eps"],
        ),
        np.array([w1]),
        lambda t, w: np.array([(g1, g2)[t - 1]]),
        2,
    )[:, 0]
    steps = [first_step(w1, g1, **setting)["w"], formula(w1, g1, g2, **setting)["w"]]
    return np.array(steps), run[1:], setting["a"]


@equality_check("m̂_t = Σ_s a_s g_s with a_s = β₁^(t−s)(1 − β₁)/(1 − β₁ᵗ), and Σ_s a_s = 1")
def corrected_mean(rng, formula=mean_weights):
    t, setting = int(rng.integers(1, 30)), draw_setting(rng)
    g = rng.standard_normal(t)
    expected = recurrence(0.0, g, **setting)[-1]
    first, second = formula(setting["b1"], t), formula(setting["b2"], t)
    return (
        (first @ g, second @ g**2, first.sum(), second.sum()),
        (expected["m_hat"], expected["v_hat"], 1, 1),
        1,
    )


@equality_check(
    "without correction, constant gradients give steps α(1 − β₁ᵗ)/√(1 − β₂ᵗ); with it, α",
    tolerance=1e-10,
)
def uncorrected(rng, formula=uncorrected_step):
    t, setting = int(rng.integers(1, 200)), draw_setting(rng) | {"eps": 0.0}
    g = float(rng.choice([-1, 1]) * 10 ** rng.uniform(-3, 3))
    states = recurrence(0.0, [g] * t, **setting)
    plain = abs(states[-1]["m"]) / math.sqrt(states[-1]["v"])
    corrected = abs(states[-1]["w"]) / (t * setting["a"])
    return (formula(setting["b1"], setting["b2"], t), corrected), (plain, 1), 1


# 3.2 Adam and momentum --------------------------------------------------------------------


def unrolled_momentum(mu: float, gradients: np.ndarray) -> float:
    """u_t = Σ_s μ^(t−s) g_s."""
    return float(mu ** np.arange(len(gradients) - 1, -1, -1) @ gradients)


@equality_check("u_t = Σ_s μ^(t−s) g_s, as torch.optim.SGD computes it")
def momentum_sum(rng, formula=unrolled_momentum):
    t, mu, a = int(rng.integers(1, 30)), rng.uniform(0.5, 0.99), 0.1
    g = rng.standard_normal(t)
    run = path(
        lambda params: torch.optim.SGD(params, lr=a, momentum=mu),
        np.zeros(1),
        lambda s, w: g[s - 1 : s],
        t,
    )[:, 0]
    return -(run[-1] - run[-2]) / a, formula(mu, g), 1


@equality_check(
    "momentum SGD on c·ℓ with rate α is momentum SGD on ℓ with rate cα", trials=50, tolerance=1e-10
)
def momentum_scaling(rng, formula=lambda c, a: c * a):
    start, gradient = draw_quadratic(rng)
    c, a, mu = 10 ** rng.uniform(-2, 1), 1e-3, rng.uniform(0.5, 0.95)
    scaled = path(
        lambda params: torch.optim.SGD(params, lr=a, momentum=mu),
        start,
        lambda t, w: c * gradient(t, w),
        50,
    )
    plain = path(
        lambda params: torch.optim.SGD(params, lr=formula(c, a), momentum=mu), start, gradient, 50
    )
    return scaled, plain


@equality_check("Adam on c·ℓ with ε is Adam on ℓ with ε/c (c > 0)", trials=50, tolerance=0)
def adam_scaling(rng, formula=lambda c, eps: eps / c):
    start, gradient = draw_quadratic(rng)
    # A power of two scales every intermediate result without rounding: the paths are equal to
    # the last bit.
    c, eps = 2.0 ** rng.integers(-30, 31), 10 ** rng.uniform(-8, -2)
    scaled = path(
        lambda params: Adam(params, lr=0.05, eps=eps), start, lambda t, w: c * gradient(t, w), 50
    )
    plain = path(lambda params: Adam(params, lr=0.05, eps=formula(c, eps)), start, gradient, 50)
    return scaled, plain, 1


@bound_check("where √v̂ ≪ ε, Adam's step is (α/ε) m̂ up to a factor 1 − √v̂/ε")
def large_epsilon(rng, formula=lambda m_hat, a, eps: a / eps * m_hat):
    t, setting = int(rng.integers(1, 30)), draw_setting(rng) | {"eps": 10 ** rng.uniform(0, 3)}
    gradients = 1e-3 * rng.standard_normal(t)
    states = recurrence(0.0, gradients, **setting)
    step = (states[-2]["w"] if t > 1 else 0.0) - states[-1]["w"]
    linear = formula(states[-1]["m_hat"], setting["a"], setting["eps"])
    allowed = math.sqrt(states[-1]["v_hat"]) / setting["eps"]
    return abs(step / linear - 1), allowed


# 3.3 Noise and sparsity -------------------------------------------------------------------


@equality_check(
    "in steady state, independent noise of variance 1 leaves variance (1 − β₁)/(1 + β₁) in m̂"
)
def noise_gain(rng, formula=lambda b1: (1 - b1) / (1 + b1)):
    b1 = rng.uniform(0.5, 0.95)
    return formula(b1), np.sum(mean_weights(b1, 2000) ** 2)


@derivation_check(
    claim="independent g_t with mean γ and deviation σ: E m̂_t = γ and E v̂_t = γ² + σ²",
    method="exhaustive",
    trials=20,
    tolerance=1e-12,
)
def moments(rng, formula=lambda mean, deviation: (mean, mean**2 + deviation**2)):
    mean, deviation, setting = rng.normal(), rng.exponential(), draw_setting(rng)
    t = int(rng.integers(1, 8))
    # A coin with these two moments, and all of its sequences.
    first, second = 0.0, 0.0
    for signs in product((-1, 1), repeat=t):
        state = recurrence(0.0, [mean + deviation * sign for sign in signs], **setting)[-1]
        first += state["m_hat"] / 2**t
        second += state["v_hat"] / 2**t
    return max(
        abs(got - expected) / max(1.0, abs(expected))
        for got, expected in zip((first, second), formula(mean, deviation), strict=True)
    )
