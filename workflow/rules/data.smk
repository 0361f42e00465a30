# Datasets: from a mirror, the official client or a stand-in to arrays with a known origin.


rule data:
    """Fetch, verify and split one dataset."""
    input:
        manifest=MANIFEST,
        modules=lambda wildcards: dataset_modules(wildcards.dataset),
    output:
        train="results/data/{dataset}/train.npz",
        val="results/data/{dataset}/val.npz",
        test="results/data/{dataset}/test.npz",
        source="results/data/{dataset}/source.json",
    log:
        "results/logs/data/{dataset}.log",
    benchmark:
        "results/benchmarks/data/{dataset}.tsv"
    # The clients try three times themselves; this is for a machine that was away for a while.
    retries: 1
    localrule: True
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=30,
    params:
        source=config["data"]["source"],
        mirror=mirror_in_use,
        seed=config["seeds"][0],
    script:
        "../scripts/data/prepare.py"
