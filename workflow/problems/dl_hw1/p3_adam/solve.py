"""Deep Learning HW 1, problem 3: Adam beside momentum: scale, first steps, noise, sparsity."""

from functools import partial

import numpy as np
import torch

from problems.dl_hw1.p3_adam import derivations
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.learning.optimizer_paths import noisy_gradients, path, random_steps, rare_gradients
from proofsheet.learning.optimizers import Adam

BETAS, EPS, MOMENTUM = (0.9, 0.999), 1e-8, 0.9
RATE, MOMENTUM_RATE = 0.02, 2e-3

# The loss ½ Σ_i h_i w_i²
CURVATURE, START = np.array([1.0, 100.0]), np.array([1.0, 1.0])
DIVERGED = 1e3  # an entry of w as large as this

SCALES = {"down": 1e-2, "one": 1.0, "up": 1e2, "tiny": 1e-10}

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    steps = snakemake.params.steps
    adam = partial(Adam, lr=RATE, betas=BETAS, eps=EPS)
    momentum = partial(torch.optim.SGD, lr=MOMENTUM_RATE, momentum=MOMENTUM)

    # Both on c times the loss
    metrics = {"rate": RATE, "momentum_rate": MOMENTUM_RATE, "steps": steps, "scales": {}}
    arrays = {}
    paths = {}
    for optimizer_name, optimizer in (("adam", adam), ("momentum", momentum)):
        for name, c in SCALES.items():
            w = path(optimizer, START, lambda t, w, c=c: c * CURVATURE * w, steps, bound=DIVERGED)
            paths[optimizer_name, name] = w
            stopped = np.flatnonzero(np.all(w[1:] == w[:-1], axis=1))
            loss = 0.5 * w**2 @ CURVATURE / (0.5 * START**2 @ CURVATURE)
            # A run that has left the bound is drawn up to there.
            arrays[f"{optimizer_name}_{name}"] = loss[: stopped[0] + 1] if len(stopped) else loss
            metrics["scales"].setdefault(name, {"c": c})[optimizer_name] = {
                "final_loss": loss[-1],
                "steps": len(arrays[f"{optimizer_name}_{name}"]) - 1,
                "finished": len(stopped) == 0,
            }
    for name in SCALES:
        for optimizer_name in ("adam", "momentum"):
            difference = paths[optimizer_name, name] - paths[optimizer_name, "one"]
            metrics["scales"][name][optimizer_name]["max_difference"] = np.abs(difference).max()

    # How far Adam's path moves away, over many c, for three ε
    factors = np.logspace(-12, 12, snakemake.params.factors)
    arrays["factors"] = factors
    for name, eps in (("zero", 0.0), ("default", EPS), ("large", 1e-4)):
        reference = path(partial(adam, eps=eps), START, lambda t, w: CURVATURE * w, steps)
        differences = [
            np.abs(
                path(partial(adam, eps=eps), START, lambda t, w, c=c: c * CURVATURE * w, steps)
                - reference
            ).max()
            for c in factors
        ]
        arrays[f"difference_{name}"] = np.array(differences)
        metrics[f"eps_{name}"] = {"eps": eps, "max_difference": max(differences)}

    # The steps under a constant gradient without the correction of the bias
    plain = np.array([derivations.uncorrected_step(*BETAS, t) for t in range(1, 10_001)])
    metrics["bias"] = {
        "first_step": plain[0],
        "largest_step": plain.max(),
        "largest_step_at": int(plain.argmax()) + 1,
        "within_a_tenth_from": int(np.flatnonzero(plain > 1.1)[-1]) + 2,
    }

    # Rare gradients of one size: how far a weight moves per step
    rng = np.random.default_rng(snakemake.params.seed)
    probability = np.logspace(-4, 0, 13)
    unit_adam = partial(Adam, lr=1.0, betas=BETAS, eps=EPS)
    unit_momentum = partial(torch.optim.SGD, lr=1.0, momentum=MOMENTUM)
    draw = rare_gradients(rng, probability, snakemake.params.repetitions)
    arrays["probability"] = probability
    frequent = probability >= 10 * (1 - BETAS[1])
    metrics["sparse"] = {
        "repetitions": snakemake.params.repetitions,
        "steps": snakemake.params.random_steps,
    }
    for name, optimizer in (("adam", unit_adam), ("momentum", unit_momentum)):
        mean, _ = random_steps(
            optimizer, draw, snakemake.params.random_steps, settle=snakemake.params.settle
        )
        arrays[f"sparse_{name}"] = mean
        slope = np.polyfit(np.log(probability[frequent]), np.log(mean[frequent]), 1)[0]
        metrics["sparse"][name] = {
            "exponent": slope,
            "one_in_ten_thousand": mean[0],
            "every_step": mean[-1],
            "ratio": mean[-1] / mean[0],
        }
    log.info("exponent of Adam %.3f", metrics["sparse"]["adam"]["exponent"])

    # Noisy gradients: mean γ = 1, deviation σ
    noise = np.logspace(-1, 2, 13)
    draw = noisy_gradients(rng, noise, snakemake.params.repetitions)
    arrays["noise"] = noise
    for name, optimizer in (("adam", unit_adam), ("momentum", unit_momentum)):
        mean, square = random_steps(
            optimizer, draw, snakemake.params.random_steps, settle=snakemake.params.settle
        )
        arrays |= {f"noise_{name}_mean": mean, f"noise_{name}_rms": square}
        metrics.setdefault("noise", {})[name] = {
            "quietest": {"mean": mean[0], "rms": square[0]},
            "loudest": {"mean": mean[-1], "rms": square[-1]},
        }
    metrics["noise"] |= {
        "quietest_sigma": noise[0],
        "loudest_sigma": noise[-1],
        "predicted_rms": np.sqrt((1 - BETAS[0]) / (1 + BETAS[0])),
    }
    arrays["noise_predicted"] = derivations.signal_to_noise_step(np.ones_like(noise), noise)

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
