"""CSCI 5527 HW 3, problem 1: what each optimizer does, formula by formula.

Letters as in the chapter: g_t are gradients, α the learning rate, G_t = Σ_{s ≤ t} g_s², v_t the
exponential mean of the squares with decay ρ (RMSprop) or β₂ (Adam), ε the constant in the
denominator, λ the weight decay. "Ours" are the optimizers of `proofsheet.learning.optimizers`.

The length of a step is compared by its square, so that no sign has to be known.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from problems.csci5527_hw3.p1_optimizers.network import network
from proofsheet.checks import (
    derivation_check,
    exact_check,
    exact_gradient_check,
    exhaustive_check,
)
from proofsheet.exact import Draw
from proofsheet.learning import optimizers
from proofsheet.learning.loop import parameter_count

# (a) The network and its loss -------------------------------------------------------------


@exhaustive_check(
    "The network has 26 C₁ + (25 C₁ + 1) C₂ + (16 C₂ + 1) K parameters, for C₁, C₂, K ≤ 3"
)
def parameters_of_the_network(
    rng, formula=lambda c1, c2, k: 26 * c1 + (25 * c1 + 1) * c2 + (16 * c2 + 1) * k
):
    sizes = list(itertools.product((1, 2, 3), repeat=3))
    counts = [parameter_count(network(channels, classes)) for *channels, classes in sizes]
    return [formula(*size) for size in sizes], counts


def softmax_minus_target(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂L/∂z of the mean cross-entropy: (softmax(z) − e_y) / n, for logits (n, K)."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return (p / p.sum(axis=1, keepdims=True) - np.eye(z.shape[1], dtype=int)[y]) / len(y)


@exact_gradient_check("∂L/∂z = (softmax(z) − e_y) / n, for n = 3, K = 4", ordered=True)
def loss_gradient(draw, formula=softmax_minus_target):
    z, y = draw.logits(3, 4), draw.rng.integers(0, 4, 3)

    def loss(z: np.ndarray) -> Any:
        return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(3), y])

    return formula(z, y), loss, z


# What the checks share --------------------------------------------------------------------


def written_and_ours(
    draw: Draw, formula: Any, optimizer: type[optimizers.Optimizer], **settings: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Four iterates by the formula and by our optimizer, whose `update` takes exact numbers, too.

    One coordinate is enough: each is on its own.
    """
    start, gradients = draw(1), draw(4, 1)
    run = optimizer([torch.zeros(1)])
    vars(run).update(settings)
    vars(run).update({name: [0 * start] for name in ("G", "m", "v") if hasattr(run, name)})
    θ, iterates = start.copy(), [start]
    for t, g in enumerate(gradients, start=1):
        run.t[0] = t
        run.update(0, θ, g)
        iterates.append(θ.copy())
    return formula(start, gradients, **settings), np.array(iterates)


def squared_steps(iterates: np.ndarray) -> np.ndarray:
    """|θ_{t+1} − θ_t|² of iterates (T + 1, 1), (T,)."""
    return np.diff(iterates[:, 0]) ** 2


# (b) Adagrad ------------------------------------------------------------------------------


def adagrad(
    θ: np.ndarray, gradients: np.ndarray, *, lr: float, eps: float, G: Any = 0
) -> np.ndarray:
    """The iterates of Adagrad, line by line as in the chapter, from G_0 = `G`."""
    iterates = [θ]
    for g in gradients:
        G = G + g**2
        iterates.append(iterates[-1] - lr * g / (np.sqrt(G) + eps))
    return np.array(iterates)


@exact_check("Adagrad as written gives the iterates of our Adagrad, for four steps")
def adagrad_written_out(draw, formula=adagrad):
    return written_and_ours(draw, formula, optimizers.Adagrad, lr=draw(), eps=draw())


@exact_check(
    "Adagrad's step is (α/√t) g_t over the root mean square of g_1 … g_t (ε = 0), for any t and any"
    " sum of squares before g_t"
)
def adagrad_is_a_decaying_rate(draw, formula=lambda α, t: α / np.sqrt(t)):
    α, t, g, before = draw(), draw.positive(), draw(1), draw()
    step = -np.diff(adagrad(0 * g, [g], lr=α, eps=0, G=before), axis=0)[0]
    return formula(α, t) * g / np.sqrt((before + g**2) / t), step


# (c) RMSprop ------------------------------------------------------------------------------


def exponential_weights(decay: float, t: int) -> np.ndarray:
    """(1 − ρ) ρ^(t−s) for s = 1 … t, (t,)."""
    return (1 - decay) * np.array([decay ** (t - s) for s in range(1, t + 1)])


@exact_check(
    "v_t = ρ v_{t−1} + (1 − ρ) g_t² is Σ_s (1 − ρ) ρ^(t−s) g_s², and the weights sum to 1 − ρᵗ,"
    " for t ≤ 6"
)
def unrolled_mean(draw, formula=exponential_weights):
    ρ, g, v = draw(), draw(6), 0
    found, expected = [], []
    for t in range(1, 7):
        v = ρ * v + (1 - ρ) * g[t - 1] ** 2
        weights = formula(ρ, t)
        found += [weights @ g[:t] ** 2, weights.sum()]
        expected += [v, 1 - ρ**t]
    return found, expected


def rmsprop(
    θ: np.ndarray, gradients: np.ndarray, *, lr: float, alpha: float, eps: float, v: Any = 0
) -> np.ndarray:
    """The iterates of RMSprop from v_0 = `v`, as in the chapter; ρ is `alpha` in PyTorch."""
    iterates = [θ]
    for g in gradients:
        v = alpha * v + (1 - alpha) * g**2
        iterates.append(iterates[-1] - lr * g / (np.sqrt(v) + eps))
    return np.array(iterates)


@exact_check("RMSprop as written gives the iterates of our RMSprop, for four steps")
def rmsprop_written_out(draw, formula=rmsprop):
    settings = {"lr": draw(), "alpha": draw(), "eps": draw()}
    return written_and_ours(draw, formula, optimizers.RMSprop, **settings)


@exact_check(
    "For gradients of constant size RMSprop has |θ_{t+1} − θ_t| = α/√(1 − ρᵗ) (ε = 0), for t ≤ 5"
)
def rmsprop_constant(draw, formula=lambda α, ρ, t: α / np.sqrt(1 - ρ**t)):
    α, ρ, g = draw(), draw(), draw(1)
    steps = squared_steps(rmsprop(0 * g, [g, -g, -g, g, g], lr=α, alpha=ρ, eps=0))
    return [formula(α, ρ, t) ** 2 for t in range(1, 6)], list(steps)


def steps_after_a_change(α: float, ρ: float, a: float, b: float, n: int, k: int) -> tuple:
    """k-th step after n gradients of size a turned into gradients of size b: Adagrad, RMSprop."""
    return (
        α * b / np.sqrt(n * a**2 + k * b**2),
        α * b / np.sqrt(ρ**k * (1 - ρ**n) * a**2 + (1 - ρ**k) * b**2),
    )


@exact_check(
    "The k-th step after n gradients a turn into b is αb/√(na² + kb²) in Adagrad and"
    " αb/√(ρᵏ(1 − ρⁿ)a² + (1 − ρᵏ)b²) in RMSprop, for n ≤ 6 and k ≤ 3",
    trials=10,
)
def after_a_change(draw, formula=steps_after_a_change):
    n, k = int(draw.rng.integers(1, 7)), int(draw.rng.integers(1, 4))
    α, ρ, a, b = draw(), draw(), draw(), draw(1)
    G = v = 0
    for _ in range(n):
        G, v = G + a**2, ρ * v + (1 - ρ) * a**2
    last = [
        squared_steps(adagrad(0 * b, [b] * k, lr=α, eps=0, G=G))[-1],
        squared_steps(rmsprop(0 * b, [b] * k, lr=α, alpha=ρ, eps=0, v=v))[-1],
    ]
    return [step**2 for step in formula(α, ρ, a, b[0], n, k)], last


# (d) Adam and AdamW -----------------------------------------------------------------------


def adam(
    θ: np.ndarray,
    gradients: np.ndarray,
    *,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float = 0.0,
) -> np.ndarray:
    """The iterates of Algorithm 1, line by line, the weight decay decoupled (AdamW)."""
    (β1, β2), iterates = betas, [θ]
    m = v = 0
    for t, g in enumerate(gradients, start=1):
        m = β1 * m + (1 - β1) * g
        v = β2 * v + (1 - β2) * g**2
        m_hat, v_hat = m / (1 - β1**t), v / (1 - β2**t)
        kept = (1 - lr * weight_decay) * iterates[-1]
        iterates.append(kept - lr * m_hat / (np.sqrt(v_hat) + eps))
    return np.array(iterates)


def draw_adam(draw: Draw) -> dict[str, Any]:
    return {"lr": draw(), "betas": (draw(), draw()), "eps": draw()}


@exact_check("Adam as written gives the iterates of our Adam, for four steps")
def adam_written_out(draw, formula=adam):
    return written_and_ours(draw, formula, optimizers.Adam, **draw_adam(draw))


@exact_check(
    "For a constant gradient every step of Adam has the length α|g|/(|g| + ε), for five steps"
)
def adam_constant(draw, formula=lambda α, size, ε: α * size / (size + ε)):
    settings, g = draw_adam(draw), draw(1)
    steps = squared_steps(adam(0 * g, [g] * 5, **settings))
    said = formula(settings["lr"], np.sqrt(g[0] ** 2), settings["eps"]) ** 2
    return [said] * 5, list(steps)


@exact_check(
    "For a constant gradient, Adam without correction has steps α(1 − β₁ᵗ)/√(1 − β₂ᵗ) (ε = 0), for"
    " t ≤ 5"
)
def reduced_version(draw, formula=lambda β1, β2, t: (1 - β1**t) / np.sqrt(1 - β2**t)):
    β1, β2, g = draw(), draw(), draw()
    m = v = 0
    found, expected = [], []
    for t in range(1, 6):
        m, v = β1 * m + (1 - β1) * g, β2 * v + (1 - β2) * g**2
        found.append(formula(β1, β2, t) ** 2)
        expected.append(m**2 / v)
    return found, expected


@exact_check("AdamW as written gives the iterates of our AdamW, for four steps")
def adamw_written_out(draw, formula=adam):
    settings = draw_adam(draw) | {"weight_decay": draw()}
    return written_and_ours(draw, formula, optimizers.AdamW, **settings)


# (e) The comparison -----------------------------------------------------------------------


@exact_check(
    "With independent random signs, Σ ±d_i / n has the standard deviation √(Σ d_i²)/n, by all signs"
    " for n = 5"
)
def paired_deviation(draw, formula=lambda d: np.sqrt(np.sum(d**2)) / len(d)):
    d = draw(5)
    means = np.array([np.mean(signs * d) for signs in itertools.product((-1, 1), repeat=5)])
    return (formula(d) ** 2, 0), (np.mean(means**2), np.mean(means))


OWN = {name: getattr(optimizers, name) for name in ("Adagrad", "RMSprop", "Adam", "AdamW")}


@derivation_check(
    claim="Our optimizers and those of torch.optim, with drawn settings, train a small copy of the"
    " network, in float64, to the same weights in 200 steps",
    method="reference",
    tolerance=1e-10,
)
def same_weights_as_pytorch(rng, formula=OWN):
    x, y = torch.tensor(rng.random((16, 1, 28, 28))), torch.tensor(rng.integers(0, 10, 16))
    torch.manual_seed(int(rng.integers(2**31)))
    start = network((2, 3)).double().state_dict()
    settings = {
        "Adagrad": {"eps": float(10 ** rng.uniform(-10, -2))},
        "RMSprop": {"alpha": float(rng.uniform(0.5, 0.999))},
        "Adam": {"betas": (float(rng.uniform(0.5, 0.95)), float(rng.uniform(0.9, 0.999)))},
        "AdamW": {"weight_decay": float(rng.exponential())},
    }
    worst = 0.0
    for name, own in formula.items():
        ends = []
        for cls in (own, getattr(torch.optim, name)):
            model = network((2, 3)).double()
            model.load_state_dict(start)
            run = cls(model.parameters(), lr=1e-3, **settings[name])
            for step in range(200):
                rows = slice(4 * (step % 4), 4 * (step % 4) + 4)
                run.zero_grad()
                functional.cross_entropy(model(x[rows]), y[rows]).backward()
                run.step()
            ends.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
        worst = max(worst, float((ends[0] - ends[1]).abs().max()))
    return worst
