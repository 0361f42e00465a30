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
from scipy import stats
from torch.nn import functional

from problems.csci5527_hw3.p1_optimizers.network import network
from proofsheet.checks import bound_check, derivation_check, equality_check
from proofsheet.learning import optimizers
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.optimizer_paths import MakeOptimizer, path

# (a) The network and its loss -------------------------------------------------------------


def counted_parameters(first: int, second: int, classes: int) -> int:
    """(25 + 1) C₁ + (25 C₁ + 1) C₂ + (16 C₂ + 1) K."""
    return 26 * first + (25 * first + 1) * second + (16 * second + 1) * classes


@equality_check(
    "the network has 26 C₁ + (25 C₁ + 1) C₂ + (16 C₂ + 1) K parameters", trials=20, tolerance=0
)
def parameters_of_the_network(rng, formula=counted_parameters):
    first, second, classes = (int(n) for n in rng.integers(1, 12, 3))
    return formula(first, second, classes), parameter_count(network((first, second), classes)), 1


def entropy(q: np.ndarray) -> float:
    """−Σ q log q."""
    return float(-(q * np.log(q)).sum())


@derivation_check(
    claim="E_q[−log p] ≥ −Σ q log q, with equality at p = q",
    method="bound",
    trials=200,
    tolerance=1e-12,
)
def right_probabilities_are_best(rng, formula=entropy):
    q, p = rng.dirichlet(np.ones(10), 2)
    bound = formula(q)
    return max(bound + float((q * np.log(p)).sum()), abs(bound + float((q * np.log(q)).sum())))


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


@derivation_check(
    claim="θ_t − α g/h minimizes gᵀ(θ − θ_t) + (1/2α) Σ h (θ − θ_t)²",
    method="autograd",
    trials=100,
    tolerance=1e-12,
)
def step_of_a_metric(rng, formula=lambda θ, g, h, α: θ - α * g / h):
    center, g, h, α = rng.standard_normal(5), rng.standard_normal(5), rng.exponential(size=5), 0.1
    θ = torch.tensor(formula(center, g, h, α), requires_grad=True)
    moved = θ - torch.tensor(center)
    (torch.tensor(g) @ moved + (torch.tensor(h) * moved**2).sum() / (2 * α)).backward()
    return float(np.abs(θ.grad.numpy()).max() / np.abs(g).max())


@bound_check("Σ g_t²/√G_t ≤ 2 √G_T", trials=200)
def sum_over_roots(rng, formula=lambda total: 2 * math.sqrt(total)):
    # Few coordinates have large gradients early, late or always.
    g = rng.standard_normal(500) * rng.choice([0.0, 1.0, 100.0], 500) + rng.choice([0.0, 1.0])
    g[0] = 1.0
    G = np.cumsum(g**2)
    return float((g**2 / np.sqrt(G)).sum()) / formula(float(G[-1])), 1


def regret_bound(diameter: float, α: float, total: np.ndarray) -> float:
    """(D²/2α + α) Σ_i √G_{T,i}."""
    return float((diameter**2 / (2 * α) + α) * np.sqrt(total).sum())


@bound_check(
    "Σ_t g_tᵀ(θ_t − θ*) ≤ (D²/2α + α) Σ_i √G_{T,i} with D the largest |θ_t − θ*|", trials=50
)
def regret(rng, formula=regret_bound):
    # Convex functions |a(θ − c)| per coordinate, their scale and their kink drawn anew each step.
    T, d, α = 200, 4, float(10 ** rng.uniform(-1.5, 0))
    scale = np.abs(draw_gradients(rng, T, d))
    kink, best = rng.standard_normal(d) + 0.1 * rng.standard_normal((T, d)), rng.standard_normal(d)
    met = np.zeros((T, d))

    def gradient(t: int, θ: np.ndarray) -> np.ndarray:
        met[t - 1] = scale[t - 1] * np.sign(θ - kink[t - 1])
        return met[t - 1]

    run = path(lambda p: optimizers.Adagrad(p, lr=α, eps=0.0), np.zeros(d), gradient, T)[:-1]
    bound = formula(float(np.abs(run - best).max()), α, (met**2).sum(axis=0))
    return float((met * (run - best)).sum()) / bound, 1


def best_metric(total: np.ndarray, budget: float) -> np.ndarray:
    """h_i = c √G_i / Σ_j √G_j."""
    return budget * np.sqrt(total) / np.sqrt(total).sum()


@derivation_check(
    claim="of all h with Σ h_i = c, h_i ∝ √G_i makes Σ G_i/h_i least: (Σ √G_i)²/c",
    method="bound",
    trials=100,
    tolerance=1e-12,
)
def best_metric_in_hindsight(rng, formula=best_metric):
    total, budget = 10 ** rng.uniform(-3, 3, 6), float(rng.exponential() + 0.1)
    h = formula(total, budget)
    least = float(np.sqrt(total).sum() ** 2 / budget)
    others = budget * rng.dirichlet(np.ones(6), 50)
    return max(
        abs(h.sum() / budget - 1),
        abs((total / h).sum() / least - 1),
        1 - float((total / others).sum(axis=1).min()) / least,
    )


def adagrad(θ: np.ndarray, gradients: np.ndarray, *, lr: float, eps: float) -> np.ndarray:
    """The iterates of Adagrad, line by line as in the chapter."""
    iterates, G = [θ], np.zeros_like(θ)
    for g in gradients:
        G = G + g**2
        iterates.append(iterates[-1] - lr * g / (np.sqrt(G) + eps))
    return np.array(iterates)


@derivation_check(
    claim="these iterates are those of torch.optim.Adagrad and of ours",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adagrad_written_out(rng, formula=adagrad):
    settings = {"lr": draw_rate(rng), "eps": float(10 ** rng.uniform(-10, -2))}
    return against_both(rng, formula, "Adagrad", settings)


@equality_check(
    "Adagrad under gradients of constant size: |θ_{t+1} − θ_t| = α/√t (ε = 0)",
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
    claim="these iterates are those of torch.optim.RMSprop and of ours",
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
    "RMSprop under gradients of constant size: |θ_{t+1} − θ_t| = α/√(1 − ρᵗ) (ε = 0)",
    trials=50,
    tolerance=1e-9,
)
def rmsprop_constant(rng, formula=lambda α, ρ, t: α / np.sqrt(1 - ρ**t)):
    g, α = 10 ** rng.uniform(-3, 3) * np.ones((100, 1)), draw_rate(rng)
    ρ = float(rng.uniform(0.8, 0.999))
    steps = steps_of(lambda p: torch.optim.RMSprop(p, lr=α, alpha=ρ, eps=0.0), g)[:, 0]
    return formula(α, ρ, np.arange(1, 101)) / α, steps / α


@bound_check(
    "no step of RMSprop is longer than α/√(1 − ρ), and the first is that long (ε = 0)",
    trials=50,
    tolerance=1e-10,
)
def rmsprop_longest(rng, formula=lambda α, ρ: α / math.sqrt(1 - ρ)):
    α, ρ = draw_rate(rng), float(rng.uniform(0.8, 0.999))
    g = draw_gradients(rng, 60)
    steps = steps_of(lambda p: optimizers.RMSprop(p, lr=α, alpha=ρ, eps=0.0), g) / formula(α, ρ)
    return steps.max(), 1, steps[0], np.ones_like(steps[0])


def steps_after_a_change(α: float, ρ: float, a: float, b: float, n: int, k: int) -> tuple:
    """k-th step after n gradients of size a turned into gradients of size b: Adagrad, RMSprop."""
    return (
        α * b / math.sqrt(n * a**2 + k * b**2),
        α * b / math.sqrt(ρ**k * (1 - ρ**n) * a**2 + (1 - ρ**k) * b**2),
    )


@derivation_check(
    claim="k steps after gradients changed from a to b: αb/√(na² + kb²) in Adagrad,"
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
    claim="Algorithm 1 gives the iterates of torch.optim.Adam and of ours",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adam_written_out(rng, formula=adam):
    return against_both(rng, formula, "Adam", draw_adam(rng))


@equality_check(
    "with m = v = 0 at the start, m_t and v_t of a constant gradient g are (1 − β₁ᵗ)g and"
    " (1 − β₂ᵗ)g²",
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
    "Adam under a constant gradient: every step is α|g|/(|g| + ε), the first included",
    trials=50,
    tolerance=1e-9,
)
def adam_constant(rng, formula=lambda α, g, ε: α * abs(g) / (abs(g) + ε)):
    setting, g = draw_adam(rng), float(10 ** rng.uniform(-3, 3))
    steps = steps_of(lambda p: torch.optim.Adam(p, **setting), np.full((60, 1), g))
    said = formula(setting["lr"], g, setting["eps"])
    return steps, np.full_like(steps, said)


@equality_check(
    "without correction the steps under a constant gradient are α(1 − β₁ᵗ)/√(1 − β₂ᵗ) (ε = 0)",
    trials=50,
    tolerance=1e-10,
)
def reduced_version(rng, formula=lambda β1, β2, t: (1 - β1**t) / math.sqrt(1 - β2**t)):
    (β1, β2), t = draw_adam(rng)["betas"], int(rng.integers(1, 200))
    g, m, v = float(rng.normal()), 0.0, 0.0
    for _ in range(t):
        m, v = β1 * m + (1 - β1) * g, β2 * v + (1 - β2) * g**2
    return abs(m) / math.sqrt(v), formula(β1, β2, t)


@equality_check(
    "RMSprop is Adam with β₁ = 0 and the rate α/√(1 − ρᵗ) in step t (ε = 0)",
    trials=30,
    tolerance=1e-9,
)
def rmsprop_is_an_adam(rng, formula=lambda α, ρ, t: α / math.sqrt(1 - ρ**t)):
    g, α, ρ = draw_gradients(rng, 40), draw_rate(rng), float(rng.uniform(0.8, 0.999))
    plain = followed(lambda p: torch.optim.RMSprop(p, lr=α, alpha=ρ, eps=0.0), np.zeros(3), g)
    θ = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    run = optimizers.Adam([θ], betas=(0.0, ρ), eps=0.0)
    for t, row in enumerate(g, start=1):
        run.lr = formula(α, ρ, t)
        θ.grad = torch.tensor(row)
        run.step()
    return θ.detach().numpy(), plain[-1], α


@derivation_check(
    claim="AdamW gives the iterates of torch.optim.AdamW and of ours",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def adamw_written_out(rng, formula=adam):
    settings = draw_adam(rng) | {"weight_decay": float(rng.exponential())}
    return against_both(rng, formula, "AdamW", settings)


def decay_rates(α: float, λ: float, size: float) -> tuple[float, float]:
    """Share by which a weight shrinks per step: λ in Adam's gradient, λ in AdamW."""
    return α * λ / size, α * λ


@derivation_check(
    claim="where gradients are noise of size r ≫ λ|θ|, a weight shrinks per step by the share αλ/r"
    " if λθ is added to the gradient, by αλ in AdamW",
    method="reference",
    trials=4,
    tolerance=0.02,
)
def decay_of_a_weight(rng, formula=decay_rates):
    size, λ, steps = float(10 ** rng.uniform(0.5, 1.5)), 0.1, 1000
    α = 5e-6 * size  # the weight stays close to 1 all the time
    g, errors = size * np.resize([1.0, -1.0], (steps, 1)), []
    for name, share in zip(("Adam", "AdamW"), formula(α, λ, size), strict=True):
        with_decay, without = (
            followed(
                lambda p, name=name, weight_decay=weight_decay: getattr(torch.optim, name)(
                    p, lr=α, weight_decay=weight_decay
                ),
                np.ones(1),
                g,
            )[-1, 0]
            for weight_decay in (λ, 0.0)
        )
        # What the noise itself moves is in both and drops out.
        errors.append(abs((without - with_decay) / (steps * share) - 1))
    return max(errors)


@equality_check(
    "under a constant gradient AdamW ends at −sign(g)/λ (ε = 0)", trials=20, tolerance=1e-8
)
def adamw_limit(rng, formula=lambda g, λ: -np.sign(g) / λ):
    g, λ = draw_gradients(rng, 1), float(rng.uniform(0.5, 5))
    α = 0.1 / λ  # a tenth of the way with each step
    run = followed(
        lambda p: torch.optim.AdamW(p, lr=α, eps=0.0, weight_decay=λ),
        rng.standard_normal(3),
        np.repeat(g, 300, axis=0),
    )
    return run[-1], formula(g[0], λ)


# (e) The comparison -----------------------------------------------------------------------


@equality_check(
    "with w ≥ 1 steps of warm-up, the mean learning rate of n steps is (α/2)(1 + 2/n)", trials=30
)
def mean_rate(rng, formula=lambda n: (1 + 2 / n) / 2):
    n = int(rng.integers(2, 500))
    factor = optimizers.cosine(n, warmup=int(rng.integers(1, n)))
    return formula(n), float(np.mean([factor(k) for k in range(n)])), 1


@equality_check(
    "the share of n images that are right, each with probability p, has the standard"
    " deviation √(p(1 − p)/n)",
    trials=50,
)
def accuracy_deviation(rng, formula=lambda p, n: math.sqrt(p * (1 - p) / n)):
    p, n = float(rng.uniform(0.5, 1)), int(rng.integers(1, 20_000))
    return formula(p, n), float(stats.binom.std(n, p)) / n


@equality_check(
    "with independent random signs Σ ±d_i / n has the standard deviation √(Σ d_i²)/n", trials=20
)
def paired_deviation(rng, formula=lambda d: math.sqrt(float(np.sum(d**2))) / len(d)):
    d = rng.integers(-3, 4, int(rng.integers(2, 9))) / 3
    d[0] = 1  # else all may be 0
    means = [np.mean(np.multiply(signs, d)) for signs in itertools.product((-1, 1), repeat=len(d))]
    return formula(d), float(np.std(means))


OWN = {name: getattr(optimizers, name) for name in ("Adagrad", "RMSprop", "Adam", "AdamW")}


@derivation_check(
    claim="on a small copy of the network, in float64, each of ours and its counterpart in"
    " torch.optim have the same weights after 200 steps",
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
