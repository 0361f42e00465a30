# CSCI 5527 Deep Learning, homework set 3.


rule scipy_images:
    """The images ascent and face, as arrays; they have no classes and no split."""
    input:
        # A change in the mirror's list of files is a change of the data.
        manifest=(
            f"{config['data']['mirror']}/manifest.yaml"
            if config["data"]["mirror"]
            else []
        ),
        modules=modules_of("data/scipy_images"),
    output:
        images="results/data/scipy_images/images.npz",
        source="results/data/scipy_images/source.json",
    log:
        "results/logs/data/scipy_images.log",
    benchmark:
        "results/benchmarks/data/scipy_images.tsv"
    # The client tries three times itself; this is for a machine that was away for a while.
    retries: 1
    localrule: True
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        source=config["data"]["source"],
        mirror=mirror_in_use,
        seed=config["seeds"][0],
    script:
        "../scripts/data/scipy_images.py"


rule csci5527_hw3_p2_correlation:
    """Cross-correlation against SciPy and PyTorch; edges of ascent; the eye in face."""
    input:
        images="results/data/scipy_images/images.npz",
        modules=modules_of("csci5527_hw3/p2_correlation"),
    output:
        metrics="results/csci5527_hw3/p2_correlation/metrics.json",
        checks="results/csci5527_hw3/p2_correlation/checks.json",
        arrays="results/csci5527_hw3/p2_correlation/arrays.npz",
        # Apart from the metrics, which are the same in every run.
        timing="results/csci5527_hw3/p2_correlation/timing.json",
    log:
        "results/logs/csci5527_hw3/p2_correlation.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p2_correlation.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=15,
    params:
        cases=by_preset(full=200, quick=20),
        turns=by_preset(full=5, quick=2),
        # Rows from, to, columns from, to: SciPy's correlate2d takes seconds for the whole face.
        crop=by_preset(full=[0, 768, 0, 1024], quick=[250, 450, 600, 850]),
        depth=by_preset(full=50, quick=10),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p2_correlation.py"


rule csci5527_hw3_p2_correlation_figures:
    """Gradients, border, score maps; the tables of the comparisons."""
    input:
        source="results/data/scipy_images/source.json",
        metrics="results/csci5527_hw3/p2_correlation/metrics.json",
        timing="results/csci5527_hw3/p2_correlation/timing.json",
        arrays="results/csci5527_hw3/p2_correlation/arrays.npz",
        modules=modules_of("csci5527_hw3/p2_correlation_figures"),
    output:
        gradient="results/csci5527_hw3/p2_correlation/figures/gradient.svg",
        border="results/csci5527_hw3/p2_correlation/figures/border.svg",
        template="results/csci5527_hw3/p2_correlation/figures/template.svg",
        means="results/csci5527_hw3/p2_correlation/figures/means.svg",
        sliding="results/csci5527_hw3/p2_correlation/tables/sliding.md",
        agreement="results/csci5527_hw3/p2_correlation/tables/agreement.md",
        peaks="results/csci5527_hw3/p2_correlation/tables/peaks.md",
        timing="results/csci5527_hw3/p2_correlation/tables/timing.md",
        multichannel="results/csci5527_hw3/p2_correlation/tables/multichannel.md",
    log:
        "results/logs/csci5527_hw3/p2_correlation_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p2_correlation_figures.tsv"
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/csci5527_hw3/p2_correlation_figures.py"


rule csci5527_hw3_p3_normalization:
    """Four normalizations against PyTorch's modules, and what epsilon does."""
    input:
        modules=modules_of("csci5527_hw3/p3_normalization"),
    output:
        metrics="results/csci5527_hw3/p3_normalization/metrics.json",
        checks="results/csci5527_hw3/p3_normalization/checks.json",
        arrays="results/csci5527_hw3/p3_normalization/arrays.npz",
    log:
        "results/logs/csci5527_hw3/p3_normalization.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p3_normalization.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=10,
    params:
        # Height, width, channels, batch.
        shape=by_preset(full=[50, 50, 64, 64], quick=[12, 12, 16, 8]),
        points=by_preset(full=55, quick=10),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p3_normalization.py"


rule csci5527_hw3_p3_normalization_figures:
    """The slices of each method, what epsilon does; two tables."""
    input:
        metrics="results/csci5527_hw3/p3_normalization/metrics.json",
        arrays="results/csci5527_hw3/p3_normalization/arrays.npz",
        modules=modules_of("csci5527_hw3/p3_normalization_figures"),
    output:
        slices="results/csci5527_hw3/p3_normalization/figures/slices.svg",
        epsilon="results/csci5527_hw3/p3_normalization/figures/epsilon.svg",
        agreement="results/csci5527_hw3/p3_normalization/tables/agreement.md",
        constant="results/csci5527_hw3/p3_normalization/tables/constant.md",
    log:
        "results/logs/csci5527_hw3/p3_normalization_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p3_normalization_figures.tsv"
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/csci5527_hw3/p3_normalization_figures.py"
