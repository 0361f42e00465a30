# CSCI 5527 Deep Learning, homework set 2.


rule csci5527_hw2_p1_subspace:
    """PCA, autoencoder and factorization by gradient descent with line search."""
    input:
        modules=modules_of("csci5527_hw2/p1_subspace"),
    output:
        metrics="results/csci5527_hw2/p1_subspace/metrics.json",
        checks="results/csci5527_hw2/p1_subspace/checks.json",
        arrays="results/csci5527_hw2/p1_subspace/arrays.npz",
    log:
        "results/logs/csci5527_hw2/p1_subspace.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p1_subspace.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        starts=by_preset(full=5, quick=2),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw2/p1_subspace.py"


rule csci5527_hw2_p1_subspace_figures:
    """Spectrum, convergence and step sizes; the table of starts."""
    input:
        metrics="results/csci5527_hw2/p1_subspace/metrics.json",
        arrays="results/csci5527_hw2/p1_subspace/arrays.npz",
        modules=modules_of("csci5527_hw2/p1_subspace_figures"),
    output:
        spectrum="results/csci5527_hw2/p1_subspace/figures/spectrum.svg",
        convergence="results/csci5527_hw2/p1_subspace/figures/convergence.svg",
        steps="results/csci5527_hw2/p1_subspace/figures/steps.svg",
        starts="results/csci5527_hw2/p1_subspace/tables/starts.md",
    log:
        "results/logs/csci5527_hw2/p1_subspace_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p1_subspace_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw2/p1_subspace_figures.py"


rule csci5527_hw2_p2_scalar_ad:
    """Forward and reverse mode on the scalar function, against PyTorch."""
    input:
        modules=modules_of("csci5527_hw2/p2_scalar_ad"),
    output:
        metrics="results/csci5527_hw2/p2_scalar_ad/metrics.json",
        checks="results/csci5527_hw2/p2_scalar_ad/checks.json",
        trace="results/csci5527_hw2/p2_scalar_ad/trace.json",
    log:
        "results/logs/csci5527_hw2/p2_scalar_ad.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p2_scalar_ad.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    script:
        "../scripts/csci5527_hw2/p2_scalar_ad.py"


rule csci5527_hw2_p2_scalar_ad_figures:
    """The graph, and the tables of both modes."""
    input:
        metrics="results/csci5527_hw2/p2_scalar_ad/metrics.json",
        trace="results/csci5527_hw2/p2_scalar_ad/trace.json",
        modules=modules_of("csci5527_hw2/p2_scalar_ad_figures"),
    output:
        graph="results/csci5527_hw2/p2_scalar_ad/figures/graph.svg",
        sweeps="results/csci5527_hw2/p2_scalar_ad/figures/sweeps.svg",
        values="results/csci5527_hw2/p2_scalar_ad/tables/values.md",
        tangents="results/csci5527_hw2/p2_scalar_ad/tables/tangents.md",
        adjoints="results/csci5527_hw2/p2_scalar_ad/tables/adjoints.md",
        summary="results/csci5527_hw2/p2_scalar_ad/tables/summary.md",
        agreement="results/csci5527_hw2/p2_scalar_ad/tables/agreement.md",
    log:
        "results/logs/csci5527_hw2/p2_scalar_ad_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p2_scalar_ad_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw2/p2_scalar_ad_figures.py"


rule csci5527_hw2_p3_matrix_ad:
    """Forward and backward pass of the network in matrices, against PyTorch."""
    input:
        modules=modules_of("csci5527_hw2/p3_matrix_ad"),
    output:
        metrics="results/csci5527_hw2/p3_matrix_ad/metrics.json",
        checks="results/csci5527_hw2/p3_matrix_ad/checks.json",
        trace="results/csci5527_hw2/p3_matrix_ad/trace.json",
    log:
        "results/logs/csci5527_hw2/p3_matrix_ad.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p3_matrix_ad.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    script:
        "../scripts/csci5527_hw2/p3_matrix_ad.py"


rule csci5527_hw2_p3_matrix_ad_figures:
    """The graph, and every node's value and gradient."""
    input:
        metrics="results/csci5527_hw2/p3_matrix_ad/metrics.json",
        trace="results/csci5527_hw2/p3_matrix_ad/trace.json",
        modules=modules_of("csci5527_hw2/p3_matrix_ad_figures"),
    output:
        graph="results/csci5527_hw2/p3_matrix_ad/figures/graph.svg",
        activity="results/csci5527_hw2/p3_matrix_ad/figures/activity.svg",
        given="results/csci5527_hw2/p3_matrix_ad/tables/given.md",
        weights="results/csci5527_hw2/p3_matrix_ad/tables/weights.md",
        forward_hidden="results/csci5527_hw2/p3_matrix_ad/tables/forward_hidden.md",
        forward_output="results/csci5527_hw2/p3_matrix_ad/tables/forward_output.md",
        backward_output="results/csci5527_hw2/p3_matrix_ad/tables/backward_output.md",
        backward_hidden="results/csci5527_hw2/p3_matrix_ad/tables/backward_hidden.md",
        gradients="results/csci5527_hw2/p3_matrix_ad/tables/gradients.md",
        rules="results/csci5527_hw2/p3_matrix_ad/tables/rules.md",
        pytorch="results/csci5527_hw2/p3_matrix_ad/tables/pytorch.md",
        agreement="results/csci5527_hw2/p3_matrix_ad/tables/agreement.md",
    log:
        "results/logs/csci5527_hw2/p3_matrix_ad_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p3_matrix_ad_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw2/p3_matrix_ad_figures.py"


rule csci5527_hw2_p4_dry_beans_classical:
    """Tune support vectors, forest and boosting on one split; test the best once."""
    input:
        unpack(lambda wildcards: data_of("dry_bean")),
        modules=modules_of("csci5527_hw2/p4_dry_beans_classical"),
    output:
        metrics="results/csci5527_hw2/p4_dry_beans/runs/classical-{seed}.json",
        arrays="results/csci5527_hw2/p4_dry_beans/runs/classical-{seed}.npz",
    log:
        "results/logs/csci5527_hw2/p4_dry_beans/classical-{seed}.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p4_dry_beans/classical-{seed}.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=30,
    params:
        preset=config["preset"],
    script:
        "../scripts/csci5527_hw2/p4_dry_beans_classical.py"


rule csci5527_hw2_p4_dry_beans_mlp:
    """Tune multi-layer perceptrons on one split; test the best once."""
    input:
        unpack(lambda wildcards: data_of("dry_bean")),
        modules=modules_of("csci5527_hw2/p4_dry_beans_mlp"),
    output:
        metrics="results/csci5527_hw2/p4_dry_beans/runs/mlp-{seed}.json",
        arrays="results/csci5527_hw2/p4_dry_beans/runs/mlp-{seed}.npz",
    log:
        "results/logs/csci5527_hw2/p4_dry_beans/mlp-{seed}.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p4_dry_beans/mlp-{seed}.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=30,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
    script:
        "../scripts/csci5527_hw2/p4_dry_beans_mlp.py"


rule csci5527_hw2_p4_dry_beans:
    """Both classifiers over the split seeds."""
    input:
        unpack(lambda wildcards: data_of("dry_bean")),
        **runs_of("csci5527_hw2/p4_dry_beans", "classical", "mlp"),
        modules=modules_of("csci5527_hw2/p4_dry_beans"),
    output:
        metrics="results/csci5527_hw2/p4_dry_beans/metrics.json",
        checks="results/csci5527_hw2/p4_dry_beans/checks.json",
        arrays="results/csci5527_hw2/p4_dry_beans/arrays.npz",
    log:
        "results/logs/csci5527_hw2/p4_dry_beans.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p4_dry_beans.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    script:
        "../scripts/csci5527_hw2/p4_dry_beans.py"


rule csci5527_hw2_p4_dry_beans_figures:
    """Classes, learning curves, confusion matrices, recall; the tables of the tuning."""
    input:
        # The tuning that is shown is that of the first split.
        classical=runs_of("csci5527_hw2/p4_dry_beans", "classical")["classical"][0],
        mlp=runs_of("csci5527_hw2/p4_dry_beans", "mlp")["mlp"][0],
        source="results/data/dry_bean/source.json",
        metrics="results/csci5527_hw2/p4_dry_beans/metrics.json",
        arrays="results/csci5527_hw2/p4_dry_beans/arrays.npz",
        modules=modules_of("csci5527_hw2/p4_dry_beans_figures"),
    output:
        data="results/csci5527_hw2/p4_dry_beans/figures/data.svg",
        tuning_classical="results/csci5527_hw2/p4_dry_beans/figures/tuning_classical.svg",
        tuning_mlp="results/csci5527_hw2/p4_dry_beans/figures/tuning_mlp.svg",
        curves="results/csci5527_hw2/p4_dry_beans/figures/curves.svg",
        confusion="results/csci5527_hw2/p4_dry_beans/figures/confusion.svg",
        recall="results/csci5527_hw2/p4_dry_beans/figures/recall.svg",
        tried="results/csci5527_hw2/p4_dry_beans/tables/tried.md",
        classical="results/csci5527_hw2/p4_dry_beans/tables/tuning_classical.md",
        mlp="results/csci5527_hw2/p4_dry_beans/tables/tuning_mlp.md",
        splits="results/csci5527_hw2/p4_dry_beans/tables/splits.md",
        classes="results/csci5527_hw2/p4_dry_beans/tables/classes.md",
    log:
        "results/logs/csci5527_hw2/p4_dry_beans_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw2/p4_dry_beans_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw2/p4_dry_beans_figures.py"
