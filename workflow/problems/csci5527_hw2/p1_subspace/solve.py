"""CSCI 5527 HW 2, problem 1: one subspace by PCA, by an autoencoder and by a factorization."""

import numpy as np

from problems.csci5527_hw2.p1_subspace import derivations
from problems.csci5527_hw2.p1_subspace.gradient_descent import DECREASE, TOLERANCE, best
from problems.csci5527_hw2.p1_subspace.model import (
    RANK,
    STARTS,
    autoencoder_loss,
    certified_difference,
    factorization_loss,
    fit_autoencoder,
    fit_factorization,
    pca_basis,
    pca_spectrum,
    projector_difference,
    relative_difference,
    small_start,
    synthetic_points,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

ROUNDING = 1e-12

with script.run(snakemake) as log:
    drawn = synthetic_points()
    # The points stay what float32 made them; float64 is for what is done with them: with seven
    # digits in the losses, the line search stalls before the stopping criterion is met.
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
    for start in range(STARTS):
        rng = np.random.default_rng([snakemake.params.seed, start])
        A, Z = small_start(rng, n, RANK), small_start(rng, m, RANK)
        runs["autoencoder"].append(fit_autoencoder(X, A))
        runs["factorization"].append(fit_factorization(X, A, Z))
        for name, fits in runs.items():
            steps, reason = fits[-1].iterations, fits[-1].stopped_by
            log.info("%s, start %d: %d steps, stopped by %s", name, start + 1, steps, reason)
    A2, A3 = (best(fits).x[:n] for fits in runs.values())
    pairs = {"a1_a2": (A1, A2), "a1_a3": (A1, A3), "a2_a3": (A2, A3)}

    metrics = {
        "x00": drawn[0, 0],
        # Evidence for the reconstruction: what other listings would have given.
        "x00_otherwise": {
            "twice_the_noise": synthetic_points(noise=0.02)[0, 0],
            "coefficients_first": synthetic_points(coefficients_first=True)[0, 0],
        },
        "points": m,
        "dimensions": n,
        "rank": RANK,
        "eigenvalues": {
            "last_kept": eigenvalues[RANK - 1],
            "first_discarded": eigenvalues[RANK],
            "smallest": eigenvalues[-1],
        },
        "explained": eigenvalues[:RANK].sum() / eigenvalues.sum(),
        "discarded_sum": eigenvalues[RANK:].sum(),
        "difference": {name: projector_difference(*pair) for name, pair in pairs.items()},
        # What a direct comparison would have said of the same bases:
        "entrywise": {name: relative_difference(*pair) for name, pair in pairs.items()},
        "search": {"decrease": DECREASE, "tolerance": TOLERANCE},
        "rounding_allowance": ROUNDING,
    }
    for name, A, scale in (("autoencoder", A2, 1), ("factorization", A3, m)):
        fits, chosen = runs[name], best(runs[name])
        losses = [fit.losses[-1] for fit in fits]
        differences = [projector_difference(A1, fit.x[:n]) for fit in fits]
        excess = chosen.losses[-1] - optimum[name]
        # The excess is a difference of nearly equal numbers: allow for far more than its rounding.
        allowed = max(excess, 0.0) + ROUNDING * optimum[name]
        metrics[name] = {
            "iterations": chosen.iterations,
            "loss": chosen.losses[-1],
            "optimum": optimum[name],
            "excess": excess,
            "certified_difference": certified_difference(allowed / scale, gap, RANK),
            "gradient_norm": chosen.gradient_norms[-1],
            "largest_gradient_norm": chosen.gradient_norms.max(),
            "distance_from_orthonormal": np.linalg.norm(A.T @ A - np.eye(RANK)),
            "starts": {
                "count": len(fits),
                "converged": sum(fit.converged for fit in fits),
                "chosen": 1 + losses.index(min(losses)),
                "iterations": [fit.iterations for fit in fits],
                "evaluations": [fit.evaluations.sum() for fit in fits],
                "losses": losses,
                "gradient_norms": [fit.gradient_norms[-1] for fit in fits],
                "differences": differences,
                "largest_difference": max(differences),
                "loss_spread": max(losses) - min(losses),
            },
        }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        eigenvalues=eigenvalues,
        **{
            f"{name}_{start}_{field}": getattr(fit, field)
            for name, fits in runs.items()
            for start, fit in enumerate(fits)
            for field in ("losses", "gradient_norms")
        },
    )
