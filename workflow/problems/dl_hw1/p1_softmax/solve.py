"""Deep Learning HW 1, problem 1: check the formulas of the chapter. There is nothing to measure."""

from problems.dl_hw1.p1_softmax import derivations
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake):
    write_json(snakemake.output.metrics, {})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
