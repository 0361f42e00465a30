"""EECS 182 HW 5, question 7: sources, people and hours, as the configuration says."""

from typing import TYPE_CHECKING

from proofsheet import job
from proofsheet.files import write_json
from proofsheet.report.acknowledgements import homework_process

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job.start(snakemake):
    answers = homework_process(
        snakemake.params.sources,
        snakemake.params.people,
        snakemake.params.hours,
        snakemake.params.acknowledgements,
    )
    write_json(snakemake.output.metrics, answers)
    write_json(snakemake.output.checks, [])  # nothing is derived here
