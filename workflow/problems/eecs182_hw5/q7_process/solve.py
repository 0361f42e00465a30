"""EECS 182 HW 5, question 7: sources, people and hours, as the configuration says."""

from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.report.acknowledgements import homework_process

with script.run(snakemake):
    answers = homework_process(
        snakemake.params.sources,
        snakemake.params.people,
        snakemake.params.hours,
        snakemake.params.acknowledgements,
    )
    write_json(snakemake.output.metrics, answers)
    write_json(snakemake.output.checks, [])  # nothing is derived here
