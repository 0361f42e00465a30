"""EECS 182 HW 5, question 4: the checks of its derivations; nothing is measured."""

from problems.eecs182_hw5.q4_dropout_theory import derivations
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    write_json(snakemake.output.metrics, {})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
