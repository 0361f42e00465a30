"""CS 7643 PS 2, problem 3: how close gradient descent comes to its bound on the worst function."""

from problems.cs7643_ps2.p3_gradient_descent import derivations
from problems.cs7643_ps2.p3_gradient_descent.convex_descent import worst_gap
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

STEPS = 4096

with script.run(snakemake):
    shortfall = 1 - worst_gap(STEPS) / derivations.rate(1.0, 1.0, STEPS)
    write_json(snakemake.output.metrics, {"worst": {"steps": STEPS, "shortfall": shortfall}})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
