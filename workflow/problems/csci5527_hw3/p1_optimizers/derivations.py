"""CSCI 5527 HW 3, problem 1: what each optimizer does, every formula held against a reference.

Letters as in the chapter: g_t are gradients, α the learning rate, G_t = Σ_{s ≤ t} g_s², v_t the
exponential mean of the squares with decay ρ (RMSprop) or β₂ (Adam), ε the constant in the
denominator, λ the weight decay. "Ours" are the optimizers of `proofsheet.learning.optimizers`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from problems.csci5527_hw3.p1_optimizers.network import network
from proofsheet.checks import derivation_check, equality_check
from proofsheet.learning import optimizers
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.optimizer_paths import MakeOptimizer, path

# (a) The network and its loss -------------------------------------------------------------


def counted_parameters(first: int, second: int, classes: int) -> int:
    """(25 + 1) C₁ + (25 C₁ + 1) C₂ + (16 C₂ + 1) K."""
    return 26 * first + (25 * first + 1) * second + (16 * second + 1) * classes


@equality_check(
    "The network has 26 C₁ + (25 C₁ + 1) C₂ + (16 C₂ + 1) K parameters", trials=20, tolerance=0
)
def parameters_of_the_network(rng, formula=counted_parameters):
    first, second, classes = (int(n) for n in rng.integers(1, 12, 3))
    return formula(first, second, classes), parameter_count(network((first, second), classes)), 1


def softmax_minus_target(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂L/∂z of the mean cross-entropy: (softmax(z) − e_y) / n, for logits (n, K)."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return (p / p.sum(axis=1, keepdims=True) - np.eye(z.shape[1])[y]) / len(y)


@equality_check("∂L/∂z = (softmax(z) − e_y) / n", method="autograd")
def loss_gradient(rng, formula=softmax_minus_target):
    z, y = 4 * rng.standard_normal((16, 10)), rng.integers(0, 10, 16)
    logits = torch.tensor(z, requires_grad=True)
    functional.cross_entropy(logits, torch.tensor(y)).backward()
    return formula(z, y), logits.grad.numpy()


# Random cases and references --------------------------------------------------------------


def draw_gradients(rng: np.random.Generator, steps: int, size: int = 3) -> np.ndarray:
    """Normal with coordinates of very different size, (steps, size)."""
    return rng.standard_normal((steps, size)) * 10 ** rng.uniform(-3, 3, size)


def followed(optimizer: MakeOptimizer, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Iterates (T + 1, d) of an optimizer under given gradients (T, d)."""
    return path(optimizer, start, lambda t, _: gradients[t - 1], len(gradients))


def steps_of(optimizer: MakeOptimizer, gradients: np.ndarray) -> np.ndarray:
    """|θ_{t+1} − θ_t| under given gradients (T, d), from 0, (T, d)."""
    return np.abs(np.diff(followed(optimizer, np.zeros(gradients.shape[1]), gradients), axis=0))


def against_both(
    rng: np.random.Generator,
    formula: Callable[..., np.ndarray],
    name: str,
    settings: Mapping[str, Any],
) -> float:
    """Largest difference of a written-out algorithm from `torch.optim` and from ours, in α."""
    gradients, start = draw_gradients(rng, 60), rng.standard_normal(3)
    written = formula(start, gradients, **settings)

    def difference(make: Callable[..., Any]) -> float:
        run = followed(lambda params: make(params, **settings), start, gradients)
        return float(np.abs(written - run).max()) / settings["lr"]

    return max(difference(getattr(module, name)) for module in (torch.optim, optimizers))


def draw_rate(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-3, -1))


# (b) Adagrad ------------------------------------------------------------------------------


def adagrad(θ: np.ndarray, gradients: np.ndarray, *, lr: float, eps: float) -> np.ndarray:
    """The iterates of Adagrad, line by line as in the chapter."""
    iterates, G = [θ], np.zeros_like(θ)
    for g in gradients:
        G = G + g**2
        iterates.append(iterates[-1] - lr * g / (np.sqrt(G) + eps))
    return np.array(iterates)


@derivation_check(
    claim="Adagrad as written gives the iterates of torch.optim.Adagrad and of our Adagrad",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adagrad_written_out(rng, formula=adagrad):
    settings = {"lr": draw_rate(rng), "eps": float(10 ** rng.uniform(-10, -2))}
    return against_both(rng, formula, "Adagrad", settings)


@equality_check(
    "For gradients of constant size Adagrad has |θ_{t+1} − θ_t| = α/√t (ε = 0)",
    trials=50,
    tolerance=1e-9,
)
def adagrad_constant(rng, formula=lambda α, t: α / np.sqrt(t)):
    g = 10 ** rng.uniform(-3, 3) * rng.choice([-1.0, 1.0], (100, 1))
    α = draw_rate(rng)
    steps = steps_of(lambda p: torch.optim.Adagrad(p, lr=α, eps=0.0), g)[:, 0]
    return formula(α, np.arange(1, 101)) / α, steps / α


@equality_check(
    "Adagrad's step is (α/√t) g_t over the root mean square of g_1 … g_t (ε = 0)",
    trials=50,
    tolerance=1e-9,
)
def adagrad_is_a_decaying_rate(rng, formula=lambda α, t: α / math.sqrt(t)):
    g, α = draw_gradients(rng, 40), draw_rate(rng)
    steps = steps_of(lambda p: torch.optim.Adagrad(p, lr=α, eps=0.0), g)
    expected = [
        formula(α, t) * np.abs(g[t - 1]) / np.sqrt((g[:t] ** 2).mean(axis=0)) for t in range(1, 41)
    ]
    return np.array(expected) / α, steps / α


# (c) RMSprop ------------------------------------------------------------------------------


def exponential_weights(decay: float, t: int) -> np.ndarray:
    """(1 − ρ) ρ^(t−s) for s = 1 … t, (t,)."""
    return (1 - decay) * decay ** np.arange(t - 1, -1, -1)


@equality_check(
    "v_t = Σ_s (1 − ρ) ρ^(t−s) g_s², as torch.optim.RMSprop has it; the weights sum to 1 − ρᵗ",
    trials=50,
)
def unrolled_mean(rng, formula=exponential_weights):
    t, ρ = int(rng.integers(1, 60)), float(rng.uniform(0.8, 0.999))
    g = rng.standard_normal((t, 1))
    θ = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    run = torch.optim.RMSprop([θ], alpha=ρ)
    for row in g:
        θ.grad = torch.tensor(row)
        run.step()
    weights = formula(ρ, t)
    v = run.state[θ]["square_avg"].item()
    return (weights @ g[:, 0] ** 2 / v, weights.sum()), (1, 1 - ρ**t), 1


def rmsprop(
    θ: np.ndarray, gradients: np.ndarray, *, lr: float, alpha: float, eps: float
) -> np.ndarray:
    """The iterates of RMSprop, line by line as in the chapter; ρ is called `alpha` in PyTorch."""
    iterates, v = [θ], np.zeros_like(θ)
    for g in gradients:
        v = alpha * v + (1 - alpha) * g**2
        iterates.append(iterates[-1] - lr * g / (np.sqrt(v) + eps))
    return np.array(iterates)


@derivation_check(
    claim="RMSprop as written gives the iterates of torch.optim.RMSprop and of our RMSprop",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def rmsprop_written_out(rng, formula=rmsprop):
    settings = {
        "lr": draw_rate(rng),
        "alpha": float(rng.uniform(0.5, 0.999)),
        "eps": float(10 ** rng.uniform(-8, -2)),
    }
    return against_both(rng, formula, "RMSprop", settings)


@equality_check(
    "For gradients of constant size RMSprop has |θ_{t+1} − θ_t| = α/√(1 − ρᵗ) (ε = 0)",
    trials=50,
    tolerance=1e-9,
)
def rmsprop_constant(rng, formula=lambda α, ρ, t: α / np.sqrt(1 - ρ**t)):
    g, α = 10 ** rng.uniform(-3, 3) * np.ones((100, 1)), draw_rate(rng)
    ρ = float(rng.uniform(0.8, 0.999))
    steps = steps_of(lambda p: torch.optim.RMSprop(p, lr=α, alpha=ρ, eps=0.0), g)[:, 0]
    return formula(α, ρ, np.arange(1, 101)) / α, steps / α


def steps_after_a_change(α: float, ρ: float, a: float, b: float, n: int, k: int) -> tuple:
    """k-th step after n gradients of size a turned into gradients of size b: Adagrad, RMSprop."""
    return (
        α * b / math.sqrt(n * a**2 + k * b**2),
        α * b / math.sqrt(ρ**k * (1 - ρ**n) * a**2 + (1 - ρ**k) * b**2),
    )


@derivation_check(
    claim="The k-th step after n gradients a turn into b is αb/√(na² + kb²) in Adagrad and"
    " αb/√(ρᵏ(1 − ρⁿ)a² + (1 − ρᵏ)b²) in RMSprop",
    method="reference",
    trials=30,
    tolerance=1e-8,
)
def after_a_change(rng, formula=steps_after_a_change):
    n, k = (int(m) for m in rng.integers(1, 60, 2))
    (a, b), ρ = 10 ** rng.uniform(-2, 2, 2), float(rng.uniform(0.8, 0.99))
    g = np.concatenate([np.full((n, 1), a), np.full((k, 1), b)])
    last = [
        steps_of(make, g)[-1, 0]
        for make in (
            lambda p: torch.optim.Adagrad(p, lr=1.0, eps=0.0),
            lambda p: torch.optim.RMSprop(p, lr=1.0, alpha=ρ, eps=0.0),
        )
    ]
    pairs = zip(formula(1.0, ρ, float(a), float(b), n, k), last, strict=True)
    return max(abs(said / seen - 1) for said, seen in pairs)


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
    m, v = np.zeros_like(θ), np.zeros_like(θ)
    for t, g in enumerate(gradients, start=1):
        m = β1 * m + (1 - β1) * g
        v = β2 * v + (1 - β2) * g**2
        m_hat, v_hat = m / (1 - β1**t), v / (1 - β2**t)
        kept = (1 - lr * weight_decay) * iterates[-1]
        iterates.append(kept - lr * m_hat / (np.sqrt(v_hat) + eps))
    return np.array(iterates)


def draw_adam(rng: np.random.Generator) -> dict[str, Any]:
    betas = (float(rng.uniform(0.5, 0.95)), float(rng.uniform(0.9, 0.999)))
    return {"lr": draw_rate(rng), "betas": betas, "eps": float(10 ** rng.uniform(-8, -2))}


@derivation_check(
    claim="Adam as written gives the iterates of torch.optim.Adam and of our Adam",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adam_written_out(rng, formula=adam):
    return against_both(rng, formula, "Adam", draw_adam(rng))


@equality_check(
    "For a constant gradient g, m_t = (1 − β₁ᵗ)g and v_t = (1 − β₂ᵗ)g² in torch.optim.Adam",
    trials=50,
)
def bias_of_the_means(rng, formula=lambda β, t: 1 - β**t):
    setting, t, g = draw_adam(rng), int(rng.integers(1, 100)), float(rng.normal())
    θ = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    run = torch.optim.Adam([θ], **setting)
    for _ in range(t):
        θ.grad = torch.full_like(θ, g)
        run.step()
    β1, β2 = setting["betas"]
    m, v = (run.state[θ][name].item() for name in ("exp_avg", "exp_avg_sq"))
    return (m / (formula(β1, t) * g), v / (formula(β2, t) * g**2)), (1, 1)


@equality_check(
    "For a constant gradient every step of Adam has the length α|g|/(|g| + ε)",
    trials=50,
    tolerance=1e-9,
)
def adam_constant(rng, formula=lambda α, g, ε: α * abs(g) / (abs(g) + ε)):
    setting, g = draw_adam(rng), float(10 ** rng.uniform(-3, 3))
    steps = steps_of(lambda p: torch.optim.Adam(p, **setting), np.full((60, 1), g))
    said = formula(setting["lr"], g, setting["eps"])
    return steps, np.full_like(steps, said)


@equality_check(
    "For a constant gradient, Adam without correction has steps α(1 − β₁ᵗ)/√(1 − β₂ᵗ) (ε = 0)",
    trials=50,
    tolerance=1e-10,
)
def reduced_version(rng, formula=lambda β1, β2, t: (1 - β1**t) / math.sqrt(1 - β2**t)):
    (β1, β2), t = draw_adam(rng)["betas"], int(rng.integers(1, 200))
    g, m, v = float(rng.normal()), 0.0, 0.0
    for _ in range(t):
        m, v = β1 * m + (1 - β1) * g, β2 * v + (1 - β2) * g**2
    return abs(m) / math.sqrt(v), formula(β1, β2, t)


@derivation_check(
    claim="AdamW as written gives the iterates of torch.optim.AdamW and of our AdamW",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adamw_written_out(rng, formula=adam):
    settings = draw_adam(rng) | {"weight_decay": float(rng.exponential())}
    return against_both(rng, formula, "AdamW", settings)


# (e) The comparison -----------------------------------------------------------------------


@equality_check(
    "With independent random signs, Σ ±d_i / n has the standard deviation √(Σ d_i²)/n", trials=20
)
def paired_deviation(rng, formula=lambda d: math.sqrt(float(np.sum(d**2))) / len(d)):
    d = rng.integers(-3, 4, int(rng.integers(2, 9))) / 3
    d[0] = 1  # else all may be 0
    means = [np.mean(np.multiply(signs, d)) for signs in itertools.product((-1, 1), repeat=len(d))]
    return formula(d), float(np.std(means))


OWN = {name: getattr(optimizers, name) for name in ("Adagrad", "RMSprop", "Adam", "AdamW")}


@derivation_check(
    claim="Our optimizers and those of torch.optim train a small copy of the network, in float64,"
    " to the same weights in 200 steps",
    method="reference",
    trials=2,
    tolerance=1e-10,
)
def same_weights_as_pytorch(rng, formula=OWN):
    x, y = torch.tensor(rng.random((16, 1, 28, 28))), torch.tensor(rng.integers(0, 10, 16))
    torch.manual_seed(int(rng.integers(2**31)))
    start = network((2, 3)).double().state_dict()
    worst = 0.0
    for name, own in formula.items():
        ends = []
        for cls in (own, getattr(torch.optim, name)):
            model = network((2, 3)).double()
            model.load_state_dict(start)
            run = cls(model.parameters(), lr=1e-3)
            for step in range(200):
                rows = slice(4 * (step % 4), 4 * (step % 4) + 4)
                run.zero_grad()
                functional.cross_entropy(model(x[rows]), y[rows]).backward()
                run.step()
            ends.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
        worst = max(worst, float((ends[0] - ends[1]).abs().max()))
    return worst
