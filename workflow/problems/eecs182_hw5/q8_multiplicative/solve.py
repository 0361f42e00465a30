"""EECS 182 HW 5, question 8: the mean loss under three kinds of noise, every option against it."""

import numpy as np

from problems.eecs182_hw5.q8_multiplicative import derivations
from problems.eecs182_hw5.q8_multiplicative.derivations import (
    A_OPTIONS,
    ANSWER,
    B_OPTIONS,
    keep_probability,
    noisy_loss,
    option_loss,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

EXAMPLES, FEATURES, MU, SIGMA = 10, 4, 0.8, 0.5
WEIGHTS = 5  # how many w the options are tried on: a wrong one may be right for one of them
SIGMAS = np.linspace(0, 1.2, 9)

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)
    X, tried = (rng.standard_normal((rows, FEATURES)) for rows in (EXAMPLES, WEIGHTS))
    w = tried[0]
    y = X @ w + rng.standard_normal(EXAMPLES)
    shape = (snakemake.params.samples, EXAMPLES, FEATURES)

    # Standardized noise of three kinds; the coin is the dropout that has σ/μ where σ = SIGMA
    p = keep_probability(MU, SIGMA)
    noises = {
        "normal": rng.standard_normal(shape),
        "uniform": np.sqrt(12) * (rng.random(shape) - 0.5),
        "coin": ((rng.random(shape) < p) - p) / np.sqrt(p * (1 - p)),
    }

    def losses(noise, sigma, w):
        return np.sum((y - ((MU + sigma * noise) * X) @ w) ** 2, axis=1)

    arrays = {"sigmas": SIGMAS, "exact": np.array([noisy_loss(w, X, y, MU, s) for s in SIGMAS])}
    deviations = {}
    for name, noise in noises.items():
        sampled = [losses(noise, sigma, w) for sigma in SIGMAS]
        arrays[f"mean_{name}"] = np.array([values.mean() for values in sampled])
        errors = np.array([values.std() / np.sqrt(len(values)) for values in sampled])
        arrays[f"error_{name}"] = errors
        deviations[name] = losses(noise, SIGMA, w).std()
    scores = [
        (arrays[f"mean_{name}"] - arrays["exact"])[1:] / arrays[f"error_{name}"][1:]
        for name in noises
    ]

    # Every pair of options against the sampled mean, in standard errors; the worst of the w counts
    scores_of = []
    for w in tried:
        sampled = losses(noises["normal"], SIGMA, w)
        error = sampled.std() / np.sqrt(len(sampled))
        claimed = [[float(option_loss(a, b, w, X, y, MU, SIGMA)) for b in B_OPTIONS]
                   for a in A_OPTIONS]  # fmt: skip
        scores_of.append(np.abs(np.array(claimed) - sampled.mean()) / error)
    arrays["distances"] = np.max(scores_of, axis=0)
    inside = arrays["distances"] < 5
    answer = list(A_OPTIONS).index(ANSWER[0]), list(B_OPTIONS).index(ANSWER[1])
    log.info("options in standard errors: %s", arrays["distances"])

    metrics = {
        "answer": {"A": ANSWER[0], "B": ANSWER[1]},
        "samples": snakemake.params.samples,
        "mu": MU,
        "sigma": SIGMA,
        "keep_probability": p,
        "weights": WEIGHTS,
        "options_within_5_errors": inside.sum(),
        "distance_of_the_answer": arrays["distances"][answer],
        "distance_of_the_next": arrays["distances"][~inside].min(),
        "largest_score": np.abs(scores).max(),
        "deviation": deviations,
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
