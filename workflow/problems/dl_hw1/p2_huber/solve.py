"""Deep Learning HW 1, problem 2: fits under outliers, by two methods, and ridge."""

import numpy as np

from problems.dl_hw1.p2_huber import derivations
from problems.dl_hw1.p2_huber.huber import (
    DELTA,
    TRUTH,
    contaminated_line,
    fit_gradient_descent,
    fit_irls,
    least_squares,
    ridge_errors,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

TEST_POINTS = 2000
RIDGE = {"rows": 50, "columns": 100, "corrupted": 5, "repetitions": 10}

with script.run(snakemake) as log:
    seed = snakemake.params.seed
    metrics, arrays = {"truth": {"intercept": TRUTH[0], "slope": TRUTH[1]}}, {}

    # Fits of a line to data with errors in y, and with points far out in x
    for kind in ("vertical", "leverage"):
        X, y, wrong = contaminated_line(kind, np.random.default_rng(seed))
        irls, descent = fit_irls(X, y, DELTA), fit_gradient_descent(X, y, DELTA)
        if not (irls.converged and descent.converged):
            raise RuntimeError(f"{kind}: a fit did not converge")
        fits = {"squares": least_squares(X, y), "huber": irls.w}
        metrics[kind] = {
            "points": len(y),
            "outliers": wrong.sum(),
            "irls_iterations": irls.iterations,
            "gd_iterations": descent.iterations,
            "fits_distance": np.linalg.norm(irls.w - descent.w),
            **{name: {"distance": np.linalg.norm(w - TRUTH)} for name, w in fits.items()},
        }
        arrays |= {
            f"{kind}_x": X[:, 1],
            f"{kind}_y": y,
            f"{kind}_wrong": wrong,
            **{f"{kind}_{name}": w for name, w in fits.items()},
        }
        log.info("%s: IRLS %d, GD %d iterations", kind, irls.iterations, descent.iterations)

    # How each evaluation judges the two fits to the data with errors in y
    for kind in ("clean", "vertical"):
        X, y, _ = contaminated_line(kind, np.random.default_rng([seed, 1]), TEST_POINTS)
        for name in ("squares", "huber"):
            r = y - X @ arrays[f"vertical_{name}"]
            metrics["vertical"][name][f"{kind}_test"] = {
                "mean_square": np.mean(r**2),
                "median_absolute": np.median(np.abs(r)),
            }

    # The errors in y grow: least squares follows, Huber stops following
    shifts = np.linspace(0, 60, 31)
    distances = {"squares": [], "huber": []}
    for shift in shifts:
        X, y, _ = contaminated_line("vertical", np.random.default_rng(seed), shift=-shift)
        distances["squares"].append(np.linalg.norm(least_squares(X, y) - TRUTH))
        distances["huber"].append(np.linalg.norm(fit_irls(X, y, DELTA).w - TRUTH))
    half = len(shifts) // 2
    metrics["sweep"] = {name: {"half": d[half], "end": d[-1]} for name, d in distances.items()}
    arrays |= {"shifts": shifts, **{f"sweep_{name}": np.array(d) for name, d in distances.items()}}

    # Ridge with more weights than points, some targets grossly wrong
    lams = np.logspace(-0.5, 3, 15)
    errors, of_nothing = ridge_errors(seed, lams, **RIDGE)
    metrics["ridge"] = RIDGE | {
        "error_of_nothing": of_nothing,
        **{
            name: {"best_error": mean.min(), "error_at_least_lambda": mean[0]}
            for name, mean in errors.items()
        },
    }
    arrays |= {"lams": lams, **{f"ridge_{name}": mean for name, mean in errors.items()}}

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
