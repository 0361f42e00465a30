# The whole map on one screen: configuration, data flow, targets.
#
#   source ─► results/data ─► trainings ─► solve ─► figures ─► the PDF, the notebooks
#
# `snakemake --cores 8` makes everything, `snakemake --cores 8 <set>` one set, and
# `snakemake --cores 1 report` the PDF of all sets.
from snakemake.utils import min_version

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"


rule all:
    default_target: True
    input:
        "results/submission.pdf",
        [handed_in(name) for name in config["sets"]],
        sweep_results,
        # Wanted for themselves, so that one that was deleted is made again.
        lambda wildcards: results_of("submission"),


include: "workflow/rules/data.smk"
# One folder per problem: workflow/problems/<set>/<problem>/.
include: "workflow/rules/problems.smk"
include: "workflow/rules/sweeps.smk"
include: "workflow/rules/report.smk"


tell_presets()


localrules:
    all,
