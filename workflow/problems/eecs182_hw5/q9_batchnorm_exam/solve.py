"""EECS 182 HW 5, question 9: large batches through batch norm, on the line and in the plane."""

import numpy as np
from scipy import stats

from mytorch.nn import BatchNorm1d
from problems.eecs182_hw5.q9_batchnorm_exam import derivations
from problems.eecs182_hw5.q9_batchnorm_exam.derivations import contour, semi_axes
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

MEAN, VARIANCE, GAMMA, BETA = 1.5, 0.16, 1.0, 3.0  # of the text
CENTER, DEVIATIONS = np.array([3.0, 2.0]), np.array([1.5, 0.5])  # ours: the text's is a picture
CORRELATIONS = {"upright": 0.0, "tilted": 0.7}
BINS, SHOWN = np.linspace(-1.5, 7.5, 181), 400  # of the histograms; points that are drawn


def batch_norm(x, gamma, beta):
    """`mytorch`'s layer in training, with the same γ and β for all features; x is (m, features)."""
    layer = BatchNorm1d(x.shape[1], dtype=np.float64)
    layer.gamma[:], layer.beta[:] = gamma, beta
    return layer(x)


with script.run(snakemake):
    script.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)
    m = snakemake.params.batch

    # (a) The Gaussian of the text
    x = MEAN + np.sqrt(VARIANCE) * rng.standard_normal(m)
    y = batch_norm(x[:, None], GAMMA, BETA)[:, 0]
    arrays, line = {"bins": BINS}, {}
    for what, values in (("input", x), ("output", y)):
        # A density, also of the few values that lie outside the bins.
        arrays[f"line_{what}"] = np.histogram(values, BINS)[0] / m / np.diff(BINS)
        line[what] = {"mean": values.mean(), "deviation": values.std()}
    distance = stats.kstest(y, stats.norm(BETA, GAMMA).cdf).statistic

    # (b) Two Gaussians of the plane
    plane = {}
    for name, rho in CORRELATIONS.items():
        covariance = np.outer(DEVIATIONS, DEVIATIONS) * np.array([[1, rho], [rho, 1]])
        x = rng.multivariate_normal(CENTER, covariance, m)
        z = batch_norm(x, 1.0, 0.0)
        after = np.cov(z, rowvar=False, bias=True)
        plane[name] = {
            "rho": rho,
            "correlation_before": np.corrcoef(x, rowvar=False)[0, 1],
            "correlation_after": np.corrcoef(z, rowvar=False)[0, 1],
            "semi_axes": np.sqrt(np.linalg.eigvalsh(after))[::-1],
            "semi_axes_exact": semi_axes(rho),
        }
        arrays |= {f"{name}_input": x[:SHOWN], f"{name}_output": z[:SHOWN]}
        # The contours of the batch as it is, by its mean and covariance: nothing is drawn by hand.
        for k in (1, 2):
            before = np.cov(x, rowvar=False, bias=True)
            arrays[f"{name}_input_{k}"] = contour(x.mean(axis=0), before, k)
            arrays[f"{name}_output_{k}"] = contour(z.mean(axis=0), after, k)
    write_json(
        snakemake.output.metrics,
        {
            "batch": m,
            "line": line,
            "largest_difference_of_distributions": distance,
            "plane": plane,
        },
    )
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
