# Datasets: from a mirror, the official client or a stand-in to arrays with a known origin.
from functools import cache

from proofsheet.data.sources.renewal import renewable, renewals

# Where `auto` had to fall back and a better source can be had now: its host by dataset.
BETTER = {}
if config["data"]["source"] == "auto" and workflow.is_main_process:
    BETTER = renewable(Path("results/data"))


@cache
def renewals_of(dataset):
    """How often a dataset has been fetched anew; once more, and so a change, if it can be better."""
    if dataset in BETTER:
        print(
            f"proofsheet: {dataset} can be had from {BETTER[dataset]} now, and is fetched",
            file=sys.stderr,
        )
    return renewals(f"results/data/{dataset}/source.json") + (dataset in BETTER)


rule data:
    """Fetch, verify and split one dataset."""
    input:
        manifest=MANIFEST,
        modules=lambda wildcards: dataset_modules(wildcards.dataset),
    output:
        **data_of("{dataset}"),
    log:
        log_of("data/{dataset}"),
    benchmark:
        benchmark_of("data/{dataset}")
    wildcard_constraints:
        dataset="|".join(DATASETS),
    # The clients try three times themselves; this is for a machine that was away for a while.
    retries: 1
    localrule: True
    conda:
        env("data")
    resources:
        **needs(mem_mb=2000, runtime=30),
    params:
        source=config["data"]["source"],
        mirror=mirror_in_use,
        seed=config["seeds"][0],
        renewals=lambda wildcards: renewals_of(wildcards.dataset),
    script:
        "../scripts/data/prepare.py"


# What has no classes and no split is fetched by a script of its own: the images ascent and face,
# and the weights of SqueezeNet 1.1, each with a parameter of its own.
for fetched, own in (
    ("scipy_images", {"seed": config["seeds"][0]}),
    ("weights", {"weights": config["transfer"]["weights"]}),
):

    rule:
        name:
            fetched
        input:
            manifest=MANIFEST,
            modules=modules_of(f"scripts/data/{fetched}"),
        output:
            **data_of(fetched),
        log:
            log_of(f"data/{fetched}"),
        benchmark:
            benchmark_of(f"data/{fetched}")
        retries: 1
        localrule: True
        conda:
            env("data")
        resources:
            **needs(mem_mb=2000, runtime=30),
        params:
            **own,
            source=config["data"]["source"],
            mirror=mirror_in_use,
            fetched=fetched,
            renewals=lambda wildcards, fetched=fetched: renewals_of(fetched),
        script:
            "../scripts/data/{params.fetched}.py"
