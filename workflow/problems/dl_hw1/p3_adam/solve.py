"""Deep Learning HW 1, problem 3: Adam beside momentum: scale, noise, sparsity."""

import numpy as np

from problems.dl_hw1.p3_adam import derivations
from problems.dl_hw1.p3_adam.experiments import (
    BETAS,
    CURVATURE,
    EPS,
    MOMENTUM,
    MOMENTUM_RATE,
    NOISE,
    PROBABILITY,
    RATE,
    REPETITIONS,
    SCALES,
    path_distances,
    random_means,
    scaled_paths,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)

    # Both on c times the loss
    metrics = {"rate": RATE, "momentum": MOMENTUM, "momentum_rate": MOMENTUM_RATE}
    metrics["scales"] = {name: {"c": c} for name, c in SCALES.items()}
    arrays = {}
    for optimizer, paths in scaled_paths().items():
        for name, w in paths.items():
            stopped = np.flatnonzero(np.all(w[1:] == w[:-1], axis=1))
            loss = w**2 @ CURVATURE / (w[0] ** 2 @ CURVATURE)
            # A run that has left the bound is drawn up to there.
            arrays[f"{optimizer}_{name}"] = loss[: stopped[0] + 1] if len(stopped) else loss
            metrics["scales"][name][optimizer] = {
                "finished": len(stopped) == 0,
                "max_difference": np.abs(w - paths["one"]).max(),
            }

    # How far Adam's path moves away, over many c, for three ε
    arrays["factors"] = np.logspace(-12, 12, 49)
    for name, eps in (("zero", 0.0), ("default", EPS), ("large", 1e-4)):
        arrays[f"difference_{name}"] = path_distances(arrays["factors"], eps)
    metrics["eps_zero"] = {"max_difference": arrays["difference_zero"].max()}

    # The steps under a constant gradient without the correction of the bias
    plain = np.array([derivations.uncorrected_step(*BETAS, t) for t in range(1, 10_001)])
    metrics["bias"] = {
        "first_step": plain[0],
        "largest_step": plain.max(),
        "largest_step_at": int(plain.argmax()) + 1,
        "within_a_tenth_from": int(np.flatnonzero(plain > 1.1)[-1]) + 2,
    }

    # Rare gradients of one size, and noisy ones: how far a weight moves per step
    means = random_means(snakemake.params.seed, **snakemake.params.random)
    arrays |= means | {"probability": PROBABILITY, "noise": NOISE}
    frequent = 10 * (1 - BETAS[1]) <= PROBABILITY
    metrics["sparse"] = {"repetitions": REPETITIONS, "steps": snakemake.params.random["steps"]}
    metrics["noise"] = {"predicted_rms": np.sqrt((1 - BETAS[0]) / (1 + BETAS[0]))}
    for name in ("adam", "momentum"):
        mean = means[f"sparse_{name}"]
        slope = np.polyfit(np.log(PROBABILITY[frequent]), np.log(mean[frequent]), 1)[0]
        metrics["sparse"][name] = {"exponent": slope, "ratio": mean[-1] / mean[0]}
        metrics["noise"][name] = {"loudest": {"rms": means[f"noise_{name}_rms"][-1]}}
    log.info("exponent of Adam %.3f", metrics["sparse"]["adam"]["exponent"])

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
