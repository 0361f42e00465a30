"""EECS 182 HW 5, question 8: the chosen options, and the checks of the derivation."""

from problems.eecs182_hw5.q8_multiplicative import derivations
from problems.eecs182_hw5.q8_multiplicative.derivations import ANSWER
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    write_json(snakemake.output.metrics, {"answer": dict(zip("AB", ANSWER, strict=True))})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
