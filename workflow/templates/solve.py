"""$course, problem $number: what it computes, in one line."""

import numpy as np

from proofsheet.checks import equality_check, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

POINTS = 1000


# The formula that the chapter derives. A longer one gets a module of its own in this folder.
def least_squares_slope(x, y):
    """The slope a that makes ‖y − a x‖² smallest, for x and y of shape (n,)."""
    return x @ y / (x @ x)


@equality_check("a = xᵀy / xᵀx makes ‖y − a x‖² smallest", tolerance=1e-10)
def slope(rng, formula=least_squares_slope):
    x, y = rng.standard_normal((2, 20))
    solution, *_ = np.linalg.lstsq(x[:, None], y, rcond=None)
    return formula(x, y), solution[0]


with script.run(snakemake):
    rng = np.random.default_rng(snakemake.params.seed)
    x = rng.standard_normal(POINTS)
    y = 2 * x + 0.1 * rng.standard_normal(len(x))
    write_json(snakemake.output.metrics, {"points": len(x), "slope": least_squares_slope(x, y)})
    write_json(snakemake.output.checks, run_checks([slope]))
