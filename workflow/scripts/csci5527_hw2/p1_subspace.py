"""CSCI 5527 HW 2, problem 1: one subspace by PCA, by an autoencoder and by a factorization."""

from typing import TYPE_CHECKING

import numpy as np

from proofsheet import job
from proofsheet.checks import checks_of, run_checks
from proofsheet.derivations.csci5527_hw2 import p1_subspace as derivations
from proofsheet.files import write_arrays, write_json
from proofsheet.gradient_descent import best
from proofsheet.subspace import (
    autoencoder_loss,
    certified_difference,
    factorization_loss,
    fit_autoencoder,
    fit_factorization,
    pca_basis,
    pca_spectrum,
    projector_difference,
    synthetic_points,
)

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

RANK = 10

with job.start(snakemake) as log:
    drawn = synthetic_points(r=RANK)
    # The points stay what float32 made them; float64 is for what is done with them, because a
    # loss with seven digits cannot show a decrease long before the gradient is small enough.
    X = drawn.astype(np.float64)
    m, n = X.shape

    # (a)
    A1 = pca_basis(X, RANK)
    eigenvalues = pca_spectrum(X)
    gap = eigenvalues[RANK - 1] - eigenvalues[RANK]
    optimum = {
        "autoencoder": autoencoder_loss(X, A1),
        "factorization": factorization_loss(X, A1, X @ A1),
    }

    # (b), (c): each start of its own stream, so that asking for more leaves the first as they are
    runs = {"autoencoder": [], "factorization": []}
    for start in range(snakemake.params.starts):
        rng = np.random.default_rng([snakemake.params.seed, start])
        A = rng.standard_normal((n, RANK)) / np.sqrt(n)
        Z = rng.standard_normal((m, RANK)) / np.sqrt(m)
        runs["autoencoder"].append(fit_autoencoder(X, A))
        runs["factorization"].append(fit_factorization(X, A, Z))
        for name, fits in runs.items():
            log.info(
                "%s, start %d: %d iterations, stopped by %s, gradient norm %.3g",
                *(name, start, fits[-1].iterations, fits[-1].stopped_by),
                fits[-1].gradient_norms[-1],
            )
    solutions = {name: best(fits).x[:n] for name, fits in runs.items()}
    A2, A3 = solutions["autoencoder"], solutions["factorization"]

    metrics = {
        "x00": drawn[0, 0],
        "points": m,
        "dimensions": n,
        "rank": RANK,
        "largest_column_mean": np.abs(X.mean(axis=0)).max(),
        "eigenvalues": {
            "largest": eigenvalues[0],
            "last_kept": eigenvalues[RANK - 1],
            "first_discarded": eigenvalues[RANK],
            "smallest": eigenvalues[-1],
            "gap": gap,
            "ratio": eigenvalues[RANK - 1] / eigenvalues[RANK],
        },
        "explained": eigenvalues[:RANK].sum() / eigenvalues.sum(),
        "discarded_sum": eigenvalues[RANK:].sum(),
        "condition": 4 * eigenvalues[0] / gap,
        "difference": {
            "a1_a2": projector_difference(A1, A2),
            "a1_a3": projector_difference(A1, A3),
            "a2_a3": projector_difference(A2, A3),
        },
        # What a direct comparison would have said of the same bases:
        "entrywise": {
            "a1_a2": np.linalg.norm(A1 - A2) / np.linalg.norm(A2),
            "a1_a3": np.linalg.norm(A1 - A3) / np.linalg.norm(A3),
        },
        "seed": snakemake.params.seed,
    }
    for name, fits in runs.items():
        chosen = best(fits)
        bases = [fit.x[:n] for fit in fits]
        scale = 1 if name == "autoencoder" else m
        excess = chosen.losses[-1] - optimum[name]
        metrics[name] = {
            "iterations": chosen.iterations,
            "evaluations": chosen.evaluations.sum(),
            "loss": chosen.losses[-1],
            "optimum": optimum[name],
            "excess": excess,
            "gradient_norm": chosen.gradient_norms[-1],
            "first_gradient_norm": chosen.gradient_norms[0],
            "smallest_step": chosen.steps.min(),
            "largest_step": chosen.steps.max(),
            "stopped_by": chosen.stopped_by,
            # How the gradient shrank per step over the second half of the run.
            "contraction": (
                chosen.gradient_norms[-1] / chosen.gradient_norms[chosen.iterations // 2]
            )
            ** (1 / (chosen.iterations - chosen.iterations // 2)),
            "certified_difference": certified_difference(excess / scale, gap, RANK),
            "distance_from_orthonormal": np.linalg.norm(
                solutions[name].T @ solutions[name] - np.eye(RANK)
            ),
            "condition": np.linalg.cond(solutions[name]),
            "starts": {
                "count": len(fits),
                "converged": sum(fit.converged for fit in fits),
                "chosen": next(i for i, fit in enumerate(fits) if fit is chosen) + 1,
                "iterations": [fit.iterations for fit in fits],
                "evaluations": [fit.evaluations.sum() for fit in fits],
                "losses": [fit.losses[-1] for fit in fits],
                "gradient_norms": [fit.gradient_norms[-1] for fit in fits],
                "differences": [projector_difference(A1, basis) for basis in bases],
                "largest_difference": max(projector_difference(A1, basis) for basis in bases),
                "loss_spread": max(fit.losses[-1] for fit in fits) - chosen.losses[-1],
            },
        }
    metrics["autoencoder"]["estimated_difference"] = derivations.difference_estimate(
        metrics["autoencoder"]["gradient_norm"], gap, RANK
    )
    metrics["contraction_bound"] = (metrics["condition"] - 1) / (metrics["condition"] + 1)

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        eigenvalues=eigenvalues,
        A1=A1,
        A2=A2,
        A3=A3,
        **{
            f"{name}_{start}_{field}": getattr(fit, field)
            for name, fits in runs.items()
            for start, fit in enumerate(fits)
            for field in ("losses", "gradient_norms", "steps", "evaluations")
        },
    )
