"""Adam beside momentum SGD: on a loss times a factor, and under rare and noisy gradients."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from proofsheet.learning.optimizer_paths import noisy_gradients, path, random_steps, rare_gradients
from proofsheet.learning.optimizers import Adam

BETAS, EPS, MOMENTUM = (0.9, 0.999), 1e-8, 0.9
RATE, MOMENTUM_RATE, STEPS = 0.02, 2e-3, 300

# The loss ½ Σ_i h_i w_i² and its factors
CURVATURE, START = np.array([1.0, 100.0]), np.array([1.0, 1.0])
SCALES = {"down": 1e-2, "one": 1.0, "up": 1e2, "tiny": 1e-10}
DIVERGED = 1e3  # an entry of w as large as this

PROBABILITY, NOISE = np.logspace(-4, 0, 13), np.logspace(-1, 2, 13)
REPETITIONS, RANDOM_STEPS, SETTLE = 100, 20_000, 5_000


def scaled_paths() -> dict[str, dict[str, np.ndarray]]:
    """Iterates of `adam` and `momentum` on c times the loss, (steps + 1, 2), by name of c.

    A path that leaves the bound stays where it was last.
    """
    optimizers = {
        "adam": partial(Adam, lr=RATE, betas=BETAS, eps=EPS),
        "momentum": partial(torch.optim.SGD, lr=MOMENTUM_RATE, momentum=MOMENTUM),
    }
    return {
        name: {
            scale: path(
                optimizer, START, lambda t, w, c=c: c * CURVATURE * w, STEPS, bound=DIVERGED
            )
            for scale, c in SCALES.items()
        }
        for name, optimizer in optimizers.items()
    }


def path_distances(factors: np.ndarray, eps: float) -> np.ndarray:
    """Largest distance of Adam's path on c times the loss from that of c = 1, for each factor c."""
    adam = partial(Adam, lr=RATE, betas=BETAS, eps=eps)
    c = np.append(factors, 1.0)[:, None]
    start = np.tile(START, (len(c), 1))  # all paths at once: Adam treats each entry by itself
    paths = path(adam, start, lambda t, w: c * CURVATURE * w, STEPS)
    return np.abs(paths[:, :-1] - paths[:, -1:]).max(axis=(0, 2))


def random_means(
    seed: int, steps: int = RANDOM_STEPS, settle: int = SETTLE
) -> dict[str, np.ndarray]:
    """Mean steps and their root mean squares, in units of α.

    Args:
        seed: of the gradients.
        steps, settle: as in `random_steps`.

    Returns:
        `sparse_adam` and `sparse_momentum`, mean steps where a gradient of one occurs with
        `PROBABILITY`; `noise_adam_mean`, `noise_adam_rms` and those of `momentum`, where the
        gradient is one plus `NOISE` times a normal number. All (13,).
    """
    rng = np.random.default_rng(seed)
    optimizers = {
        "adam": partial(Adam, lr=1.0, betas=BETAS, eps=EPS),
        "momentum": partial(torch.optim.SGD, lr=1.0, momentum=MOMENTUM),
    }
    found = {}
    draw = rare_gradients(rng, PROBABILITY, REPETITIONS)
    for name, optimizer in optimizers.items():
        found[f"sparse_{name}"], _ = random_steps(optimizer, draw, steps, settle=settle)
    draw = noisy_gradients(rng, NOISE, REPETITIONS)
    for name, optimizer in optimizers.items():
        found[f"noise_{name}_mean"], found[f"noise_{name}_rms"] = random_steps(
            optimizer, draw, steps, settle=settle
        )
    return found
