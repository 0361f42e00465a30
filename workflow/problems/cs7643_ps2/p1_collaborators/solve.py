"""CS 7643 PS 2, problem 1: who helped, as the configuration says."""

from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json
from proofsheet.report.acknowledgements import who

with script.run(snakemake):
    names = who(snakemake.params.acknowledgements)
    write_json(snakemake.output.metrics, {"collaborators": names})
    write_json(snakemake.output.checks, [])  # nothing is derived here
