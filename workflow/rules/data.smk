# Datasets: from a mirror, the official client or a stand-in to arrays with a known origin.


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
        dataset=lambda wildcards: wildcards.dataset,
        source=config["data"]["source"],
        mirror=mirror_in_use,
        seed=config["seeds"][0],
        renewals=lambda wildcards: renewals_of(wildcards.dataset),
    script:
        "../scripts/data/prepare.py"


# What has no classes and no split is one file: the images ascent and face, and the weights of
# SqueezeNet 1.1, which have a name of their own.
for fetched, own in (
    ("scipy_images", {}),
    ("weights", {"weights": config["transfer"]["weights"]}),
):

    rule:
        name:
            fetched
        input:
            manifest=MANIFEST,
            modules=dataset_modules(fetched),
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
            dataset=fetched,
            source=config["data"]["source"],
            mirror=mirror_in_use,
            seed=config["seeds"][0],
            renewals=lambda wildcards, fetched=fetched: renewals_of(fetched),
        script:
            "../scripts/data/prepare.py"
