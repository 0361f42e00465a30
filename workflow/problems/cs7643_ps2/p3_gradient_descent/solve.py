"""CS 7643 PS 2, problem 3: the proximal model, and the rate of gradient descent measured."""

import numpy as np

from problems.cs7643_ps2.p3_gradient_descent import derivations
from problems.cs7643_ps2.p3_gradient_descent.convex_descent import (
    FAMILIES,
    averaged,
    relative_gap,
    worst_case,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

# The picture of the model: f(w) = log cosh w, and the same of two numbers
LAMBDAS = (2.0, 1.0, 0.5)
POINT, POINTS = 1.6, np.array([1.2, 1.0])
CURVATURE = np.array([0.6, 1.2])

STEP_FACTORS = np.logspace(-1, 1, 21)  # of the best step

with script.run(snakemake) as log:
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

    # (f(w̄) − min f)/(Bρ) against T
    steps = 4 ** np.arange(1, snakemake.params.largest_power + 1)
    arrays["steps"] = steps
    arrays["worst"] = np.array([relative_gap(worst_case(T), T) for T in steps])
    rng = np.random.default_rng(snakemake.params.seed)
    drawn = {
        name: [draw(rng) for _ in range(snakemake.params.functions)]
        for name, draw in FAMILIES.items()
    }
    for name, functions in drawn.items():
        arrays[name] = np.array([[relative_gap(f, T) for T in steps] for f in functions])

    metrics = {
        "functions": snakemake.params.functions,
        "fitted_from": steps[len(steps) // 2],
        "curves": {},
    }
    late = slice(len(steps) // 2, None)
    for name in ("worst", *FAMILIES):
        # Of a family its largest gap at each T
        gaps = np.atleast_2d(arrays[name]).max(axis=0)
        ratios = gaps * np.sqrt(steps)
        metrics["curves"][name] = {
            "slope": np.polyfit(np.log(steps[late]), np.log(gaps[late]), 1)[0],
            "largest_ratio": ratios.max(),
        }
        log.info("%s: slope %.3f", name, metrics["curves"][name]["slope"])
    metrics["largest_random_ratio"] = max(
        metrics["curves"][name]["largest_ratio"] for name in FAMILIES
    )

    # Another step than the best one, in units of Bρ/√T
    T = int(steps[len(steps) // 2])
    metrics["fixed_steps"] = T
    arrays["step_factors"] = STEP_FACTORS
    arrays["step_bound"] = derivations.any_step_bound(1.0, 1.0, 1.0, STEP_FACTORS)
    tried = {
        "worst": [worst_case(T)],
        "random": [function for family in drawn.values() for function in family],
    }
    for name, functions in tried.items():
        arrays[f"{name}_by_step"] = np.array(
            [
                max(
                    f.gap(averaged(f.gradient, len(f.minimizer), factor * f.best_step(T), T))
                    / f.bound(T)
                    for f in functions
                )
                for factor in STEP_FACTORS
            ]
        )
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
