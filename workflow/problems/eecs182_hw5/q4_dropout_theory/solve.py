"""EECS 182 HW 5, question 4: dropout, batch norm and weight decay in other units and with means."""

import numpy as np

from problems.eecs182_hw5.q4_dropout_theory import derivations
from problems.eecs182_hw5.q4_dropout_theory.model import (
    METHODS,
    curvature,
    draw_regression,
    solve,
    train,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

EXAMPLES, FEATURES, CORRELATION, NOISE, KEEP = 100, 6, 0.5, 1.0, 0.8
STRENGTH = (1 - KEEP) / KEEP
DECADES, MEANS = np.linspace(0, 2, 41), np.linspace(0, 4, 41)  # of the curves
TRAINED_DECADES, TRAINED_MEAN = 1.0, 2.0  # of the trainings

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)
    drawn = draw_regression(rng, EXAMPLES, FEATURES, correlation=CORRELATION, noise=NOISE)
    # Scales from 10^(−½) to 10^½, in an order that has nothing to do with the signs of the signal.
    exponents = rng.permutation(np.linspace(-0.5, 0.5, FEATURES))

    def test_error(data, method):
        w, b = solve(method, data.X, data.y, STRENGTH)
        return np.mean((data.y_test - data.X_test @ w - b) ** 2)

    arrays = {"decades": DECADES, "means": MEANS}
    for method in METHODS:
        in_units = [drawn.in_units(10 ** (spread * exponents)) for spread in DECADES]
        with_means = [drawn.in_units(np.ones(FEATURES), mean) for mean in MEANS]
        arrays[f"units_{method}"] = np.array([test_error(data, method) for data in in_units])
        arrays[f"means_{method}"] = np.array([test_error(data, method) for data in with_means])

    settings = {
        "standardized": drawn,
        "units": drawn.in_units(10 ** (TRAINED_DECADES * exponents)),
        "means": drawn.in_units(np.ones(FEATURES), TRAINED_MEAN),
    }
    trained = {}
    for name, data in settings.items():
        trained[name] = {}
        for method in METHODS:
            predicted, tested = train(
                method, data, STRENGTH, steps=snakemake.params.steps, seed=snakemake.params.seed
            )
            w, b = solve(method, data.X, data.y, STRENGTH)
            exact = data.X @ w + b
            trained[name][method] = {
                "test_error": np.mean((data.y_test - tested) ** 2),
                "test_error_exact": test_error(data, method),
                "distance": np.linalg.norm(predicted - exact) / np.linalg.norm(exact),
                "condition": np.linalg.cond(curvature(method, data.X, STRENGTH)),
            }
            log.info("%s, %s: %s", name, method, trained[name][method])

    metrics = {
        "examples": EXAMPLES,
        "features": FEATURES,
        "steps": snakemake.params.steps,
        "strength": STRENGTH,
        "trained_decades": TRAINED_DECADES,
        "trained_mean": TRAINED_MEAN,
        "penalty_factor": derivations.shrinkage(TRAINED_MEAN, 1.0),
        "trained": trained,
        # The distance between the predictions of the two, over units and over means
        "gap": {
            kind: np.abs(arrays[f"{kind}_dropout"] - arrays[f"{kind}_batch_norm"]).max()
            for kind in ("units", "means")
        },
        "worst": {
            kind: {method: arrays[f"{kind}_{method}"][-1] for method in METHODS}
            for kind in ("units", "means")
        },
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
