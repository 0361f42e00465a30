"""EECS 182 HW 5, question 3: learned numbers of real layers."""

from problems.eecs182_hw5.q3_separable import derivations
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    sizes = {
        "given": derivations.GIVEN,
        "made": derivations.MADE,
        "kernel": derivations.KERNEL,
    }
    write_json(snakemake.output.metrics, {"question": sizes | derivations.counted()})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
