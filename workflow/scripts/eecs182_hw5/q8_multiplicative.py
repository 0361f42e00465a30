"""EECS 182 HW 5, question 8: the mean loss under three kinds of noise, and every option held to it."""

from typing import TYPE_CHECKING

import numpy as np

from proofsheet import job
from proofsheet.checks import checks_of, run_checks
from proofsheet.derivations.eecs182_hw5 import q8_multiplicative as derivations
from proofsheet.derivations.eecs182_hw5.q8_multiplicative import (
    A_OPTIONS,
    ANSWER,
    B_OPTIONS,
    keep_probability,
    noisy_loss,
    option_loss,
)
from proofsheet.files import write_arrays, write_json

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

EXAMPLES, FEATURES, MU, SIGMA = 10, 4, 0.8, 0.5
SIGMAS = np.linspace(0, 1.2, 9)

with job.start(snakemake) as log:
    job.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)
    X, w = rng.standard_normal((EXAMPLES, FEATURES)), rng.standard_normal(FEATURES)
    y = X @ w + rng.standard_normal(EXAMPLES)
    shape = (snakemake.params.samples, EXAMPLES, FEATURES)

    # Standardized noise of three kinds; the coin is the dropout that has σ/μ where σ = SIGMA
    p = keep_probability(MU, SIGMA)
    noises = {
        "normal": rng.standard_normal(shape),
        "uniform": np.sqrt(12) * (rng.random(shape) - 0.5),
        "coin": ((rng.random(shape) < p) - p) / np.sqrt(p * (1 - p)),
    }

    def losses(noise, sigma):
        return np.sum((y - ((MU + sigma * noise) * X) @ w) ** 2, axis=1)

    arrays = {"sigmas": SIGMAS, "exact": np.array([noisy_loss(w, X, y, MU, s) for s in SIGMAS])}
    deviations = {}
    for name, noise in noises.items():
        sampled = [losses(noise, sigma) for sigma in SIGMAS]
        arrays[f"mean_{name}"] = np.array([values.mean() for values in sampled])
        errors = np.array([values.std() / np.sqrt(len(values)) for values in sampled])
        arrays[f"error_{name}"] = errors
        deviations[name] = losses(noise, SIGMA).std()
    scores = [
        (arrays[f"mean_{name}"] - arrays["exact"])[1:] / arrays[f"error_{name}"][1:]
        for name in noises
    ]

    # Every pair of options against the sampled mean, in standard errors
    sampled = losses(noises["normal"], SIGMA)
    error = sampled.std() / np.sqrt(len(sampled))
    distances = np.array(
        [
            [float(option_loss(a, b, w, X, y, MU, SIGMA)) - sampled.mean() for b in B_OPTIONS]
            for a in A_OPTIONS
        ]
    )
    arrays["distances"] = distances / error
    inside = np.abs(arrays["distances"]) < 5
    others = np.delete(np.abs(arrays["distances"]).ravel(), inside.ravel().argmax())
    log.info("options in standard errors: %s", arrays["distances"])

    metrics = {
        "answer": {"A": ANSWER[0], "B": ANSWER[1]},
        "samples": snakemake.params.samples,
        "mu": MU,
        "sigma": SIGMA,
        "keep_probability": p,
        "sampled": {"mean": sampled.mean(), "standard_error": error},
        "exact": noisy_loss(w, X, y, MU, SIGMA),
        "options_within_5_errors": inside.sum(),
        "distance_of_the_answer": abs(arrays["distances"][0, 3]),
        "distance_of_the_next": others.min(),
        "largest_score": np.abs(scores).max(),
        "deviation": deviations,
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
