"""CS 7643 PS 2, problem 3: the proximal model, and the function on which the bound is reached."""

import numpy as np

from problems.cs7643_ps2.p3_gradient_descent import derivations
from problems.cs7643_ps2.p3_gradient_descent.convex_descent import worst_gap
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

# The picture of the model: f(w) = log cosh w, and the same of two numbers
LAMBDAS = (2.0, 1.0, 0.5)
POINT, POINTS = 1.6, np.array([1.2, 1.0])
CURVATURE = np.array([0.6, 1.2])

STEPS = 4096

with script.run(snakemake):
    # One number: f, its tangent, and the model for three λ
    x = np.linspace(-2.6, 3, 201)
    value, slope = np.log(np.cosh(POINT)), np.tanh(POINT)
    arrays = {"x": x, "f": np.log(np.cosh(x)), "tangent": value + slope * (x - POINT)}
    w_t, gradient = np.array([POINT]), np.array([slope])
    for lam in LAMBDAS:
        name = f"model_{lam}"
        arrays[name] = np.array(
            [derivations.model(np.array([w]), w_t, value, gradient, lam) for w in x]
        )
        best = derivations.proximal_point(w_t, gradient, lam)
        arrays[f"{name}_minimum"] = np.array(
            [best[0], derivations.model(best, w_t, value, gradient, lam)]
        )
    # Two numbers: level sets of Σ log cosh(c_i w_i), and the minimizers of the models
    grid = np.linspace(-1.6, 1.8, 81)
    arrays["grid"] = grid
    arrays["levels"] = sum(
        np.log(np.cosh(c * w)) for c, w in zip(CURVATURE, np.meshgrid(grid, grid), strict=True)
    )
    gradient = CURVATURE * np.tanh(CURVATURE * POINTS)
    arrays["start"] = POINTS
    arrays["minima"] = np.array(
        [derivations.proximal_point(POINTS, gradient, lam) for lam in LAMBDAS]
    )

    # How close the worst function comes to the bound
    shortfall = 1 - worst_gap(STEPS) / derivations.rate(1.0, 1.0, STEPS)
    metrics = {"worst": {"steps": STEPS, "shortfall": shortfall}}

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
