"""Deep Learning HW 1, problem 3: the formulas of the chapter, each with its check.

Letters as in the chapter: g_t are gradients, α the learning rate, β₁ and β₂ the decays, ε the
constant in the denominator, μ the momentum.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.checks import equality_check, exact_check, identity_check
from proofsheet.exact import Draw, Number
from proofsheet.learning.optimizer_paths import path

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
    return (1 - beta) * np.array([beta ** (t - s) for s in range(1, t + 1)]) / (1 - beta**t)


def uncorrected_step(b1: float, b2: float, t: int) -> float:
    """Step t in units of α without bias correction, constant gradients, ε = 0."""
    return (1 - b1**t) / np.sqrt(1 - b2**t)


def _sqrt(value: Any) -> Any:
    """The root of a number or of a symbolic expression."""
    return sympy.sqrt(value) if isinstance(value, sympy.Basic) else np.sqrt(value)


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


def draw_setting(draw: Draw) -> dict[str, Number]:
    """Learning rate, decays and ε."""
    return dict(zip(("a", "b1", "b2", "eps"), draw(4), strict=True))


# 3.1 The first two steps ------------------------------------------------------------------


def _symbols() -> tuple[sympy.Symbol, ...]:
    """w₁, g₁, g₂ and α, β₁, β₂, ε."""
    return *sympy.symbols("w1 g1 g2", real=True), *sympy.symbols("a b1 b2 eps", positive=True)


def _canceled(difference: sympy.Expr) -> sympy.Expr:
    """As one fraction, in which equal roots have the same argument."""
    return sympy.cancel(
        difference.replace(
            lambda part: part.is_Pow and part.exp == sympy.Rational(1, 2),
            lambda root: sympy.sqrt(sympy.cancel(root.base)),
        )
    )


@identity_check("m₁, v₁, m̂₁, v̂₁, w₂ as stated", simplify=_canceled)
def first_step_symbolic(rng, formula=first_step):
    w1, g1, _, *hyper = _symbols()
    (expected,) = recurrence(w1, [g1], *hyper)
    return formula(w1, g1, *hyper), expected


@identity_check("m₂, v₂, m̂₂, v̂₂, w₃ as stated", simplify=_canceled)
def second_step_symbolic(rng, formula=second_step):
    w1, g1, g2, *hyper = _symbols()
    _, expected = recurrence(w1, [g1, g2], *hyper)
    return formula(w1, g1, g2, *hyper), expected


@equality_check("w₂ and w₃ are those of torch.optim.Adam", trials=200, tolerance=1e-10)
def first_steps_torch(rng, formula=second_step):
    setting = {
        "a": 10 ** rng.uniform(-3, -1),
        "b1": rng.uniform(0.5, 0.95),
        "b2": rng.uniform(0.9, 0.999),
        "eps": 10 ** rng.uniform(-8, -1),
    }
    w1, g1, g2 = rng.standard_normal(3) * 10.0 ** rng.integers(-3, 4, 3)
    w1 = min(max(w1, -10.0), 10.0)  # a large w would bury the steps in its rounding
    adam = partial(
        torch.optim.Adam,
        lr=setting["a"], betas=(setting["b1"], setting["b2"]), eps=setting["eps"],
    )  # fmt: skip
    run = path(adam, np.array([w1]), lambda t, w: np.array([(g1, g2)[t - 1]]), 2)[:, 0]
    steps = [first_step(w1, g1, **setting)["w"], formula(w1, g1, g2, **setting)["w"]]
    return np.array(steps), run[1:], setting["a"]


@exact_check("m̂_t = Σ_s a_s g_s with a_s = β₁^(t−s)(1 − β₁)/(1 − β₁ᵗ), and Σ_s a_s = 1")
def corrected_mean(draw, formula=mean_weights):
    t, setting = int(draw.rng.integers(1, 5)), draw_setting(draw)
    g = draw(t)
    expected = recurrence(0, g, **setting)[-1]
    first, second = formula(setting["b1"], t), formula(setting["b2"], t)
    return (
        (first @ g, second @ g**2, first.sum(), second.sum()),
        (expected["m_hat"], expected["v_hat"], 1, 1),
    )


@exact_check(
    "without correction, constant gradients g > 0 give steps α(1 − β₁ᵗ)/√(1 − β₂ᵗ); with it, α"
)
def uncorrected(draw, formula=uncorrected_step):
    t, setting, g = int(draw.rng.integers(1, 5)), draw_setting(draw), draw.positive()
    states = recurrence(0, [g] * t, **setting | {"eps": 0})
    plain = states[-1]["m"] / np.sqrt(states[-1]["v"])
    return (formula(setting["b1"], setting["b2"], t), -t * setting["a"]), (plain, states[-1]["w"])


# 3.2 Adam and momentum --------------------------------------------------------------------


def momentum_steps(gradients: Sequence[Any], a: Any, mu: Any) -> list[Any]:
    """u_t and w_{t+1} of momentum SGD from w_1 = 0, line by line."""
    u, w, states = 0, 0, []
    for g in gradients:
        u = mu * u + g
        w = w - a * u
        states.append((u, w))
    return states


def unrolled_momentum(mu: float, gradients: np.ndarray) -> float:
    """u_t = Σ_s μ^(t−s) g_s."""
    return sum(mu**age * g for age, g in enumerate(reversed(gradients)))


@exact_check("u_t = Σ_s μ^(t−s) g_s")
def momentum_sum(draw, formula=unrolled_momentum):
    g, mu, a = draw(int(draw.rng.integers(1, 7))), draw(), draw()
    return formula(mu, g), momentum_steps(g, a, mu)[-1][0]


@exact_check("momentum SGD on c·ℓ with rate α is momentum SGD on ℓ with rate cα")
def momentum_scaling(draw, formula=lambda c, a: c * a):
    # The same gradients: by induction both are at the same points.
    g, mu, a, c = draw(5), draw(), draw(), draw()
    scaled, plain = momentum_steps(c * g, a, mu), momentum_steps(g, formula(c, a), mu)
    return [w for _, w in scaled], [w for _, w in plain]


@exact_check("Adam on c·ℓ with ε is Adam on ℓ with ε/c (c > 0)")
def adam_scaling(draw, formula=lambda c, eps: eps / c):
    g, setting, c = draw(3), draw_setting(draw), draw.positive()
    plain = recurrence(0, g, **setting | {"eps": formula(c, setting["eps"])})
    return [s["w"] for s in recurrence(0, c * g, **setting)], [s["w"] for s in plain]


@exact_check(
    "Adam's step is (α/ε) m̂ (1 − x) with √v̂/ε − x = v̂/(ε(√v̂ + ε)) ≥ 0, so where √v̂ ≪ ε it is"
    " (α/ε) m̂ up to a factor 1 − √v̂/ε"
)
def large_epsilon(draw, formula=lambda m_hat, a, eps: a / eps * m_hat):
    setting = draw_setting(draw)
    eps, (before, state) = setting["eps"], recurrence(0, draw(2), **setting)
    x = 1 - (before["w"] - state["w"]) / formula(state["m_hat"], setting["a"], eps)
    s = np.sqrt(state["v_hat"])
    return s / eps - x, state["v_hat"] / (eps * (s + eps))


# 3.3 Noise and sparsity -------------------------------------------------------------------


@exact_check(
    "independent noise of variance 1 leaves in m̂_t the variance (1 − β₁)/(1 + β₁), times"
    " (1 + β₁ᵗ)/(1 − β₁ᵗ) → 1"
)
def noise_gain(draw, formula=lambda b1: (1 - b1) / (1 + b1)):
    b1, t = draw(), int(draw.rng.integers(1, 9))
    return formula(b1) * (1 + b1**t) / (1 - b1**t), np.sum(mean_weights(b1, t) ** 2)


@exact_check("independent g_t with mean γ and deviation σ: E m̂_t = γ and E v̂_t = γ² + σ²")
def moments(draw, formula=lambda mean, deviation: (mean, mean**2 + deviation**2)):
    mean, deviation, b1, b2 = draw(4)
    t = int(draw.rng.integers(1, 6))
    # A coin with these two moments, and all of its sequences.
    g = mean + deviation * np.array(list(product((-1, 1), repeat=t)))
    found = (g @ mean_weights(b1, t)).mean(), (g**2 @ mean_weights(b2, t)).mean()
    return formula(mean, deviation), found
