# CS 4644/7643 Deep Learning, problem set 2.


rule cs7643_ps2_p1_collaborators:
    """Who helped, from the configuration."""
    input:
        modules=modules_of("cs7643_ps2/p1_collaborators"),
    output:
        metrics="results/cs7643_ps2/p1_collaborators/metrics.json",
        checks="results/cs7643_ps2/p1_collaborators/checks.json",
    log:
        "results/logs/cs7643_ps2/p1_collaborators.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p1_collaborators.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=5,
    params:
        acknowledgements=config["acknowledgements"].get("cs7643_ps2", {}),
    script:
        "../scripts/cs7643_ps2/p1_collaborators.py"


rule cs7643_ps2_p2_activation:
    """Softsign and its relatives: slopes, saturation, depth."""
    input:
        modules=modules_of("cs7643_ps2/p2_activation"),
    output:
        metrics="results/cs7643_ps2/p2_activation/metrics.json",
        checks="results/cs7643_ps2/p2_activation/checks.json",
        arrays="results/cs7643_ps2/p2_activation/arrays.npz",
    log:
        "results/logs/cs7643_ps2/p2_activation.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p2_activation.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        points=by_preset(full=401, quick=81),
        depth=by_preset(full=400, quick=100),
    script:
        "../scripts/cs7643_ps2/p2_activation.py"


rule cs7643_ps2_p2_activation_figures:
    """Functions and slopes, the limits at 0, slopes in depth; one table."""
    input:
        metrics="results/cs7643_ps2/p2_activation/metrics.json",
        arrays="results/cs7643_ps2/p2_activation/arrays.npz",
        modules=modules_of("cs7643_ps2/p2_activation_figures"),
    output:
        activation="results/cs7643_ps2/p2_activation/figures/activation.svg",
        limits="results/cs7643_ps2/p2_activation/figures/limits.svg",
        slopes="results/cs7643_ps2/p2_activation/tables/slopes.md",
    log:
        "results/logs/cs7643_ps2/p2_activation_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p2_activation_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p2_activation_figures.py"


rule cs7643_ps2_p4_autodiff:
    """Value and Jacobian by difference quotients, forward and reverse mode, and PyTorch."""
    input:
        modules=modules_of("cs7643_ps2/p4_autodiff"),
    output:
        metrics="results/cs7643_ps2/p4_autodiff/metrics.json",
        checks="results/cs7643_ps2/p4_autodiff/checks.json",
        arrays="results/cs7643_ps2/p4_autodiff/arrays.npz",
        trace="results/cs7643_ps2/p4_autodiff/trace.json",
    log:
        "results/logs/cs7643_ps2/p4_autodiff.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p4_autodiff.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    script:
        "../scripts/cs7643_ps2/p4_autodiff.py"


rule cs7643_ps2_p4_autodiff_figures:
    """The graph with its sweeps, the error of the quotients, and the tables of the steps."""
    input:
        metrics="results/cs7643_ps2/p4_autodiff/metrics.json",
        arrays="results/cs7643_ps2/p4_autodiff/arrays.npz",
        trace="results/cs7643_ps2/p4_autodiff/trace.json",
        modules=modules_of("cs7643_ps2/p4_autodiff_figures"),
    output:
        graph="results/cs7643_ps2/p4_autodiff/figures/graph.svg",
        forward_sweeps="results/cs7643_ps2/p4_autodiff/figures/forward_sweeps.svg",
        reverse_sweeps="results/cs7643_ps2/p4_autodiff/figures/reverse_sweeps.svg",
        errors="results/cs7643_ps2/p4_autodiff/figures/errors.svg",
        values="results/cs7643_ps2/p4_autodiff/tables/values.md",
        tangents_1="results/cs7643_ps2/p4_autodiff/tables/tangents_1.md",
        tangents_2="results/cs7643_ps2/p4_autodiff/tables/tangents_2.md",
        adjoints_1="results/cs7643_ps2/p4_autodiff/tables/adjoints_1.md",
        adjoints_2="results/cs7643_ps2/p4_autodiff/tables/adjoints_2.md",
        quotients="results/cs7643_ps2/p4_autodiff/tables/quotients.md",
        agreement="results/cs7643_ps2/p4_autodiff/tables/agreement.md",
    log:
        "results/logs/cs7643_ps2/p4_autodiff_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p4_autodiff_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p4_autodiff_figures.py"


rule cs7643_ps2_p5_convolution:
    """Maps that commute with a shift, layers that follow it, and what it saves."""
    input:
        modules=modules_of("cs7643_ps2/p5_convolution"),
    output:
        metrics="results/cs7643_ps2/p5_convolution/metrics.json",
        checks="results/cs7643_ps2/p5_convolution/checks.json",
        arrays="results/cs7643_ps2/p5_convolution/arrays.npz",
    log:
        "results/logs/cs7643_ps2/p5_convolution.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p5_convolution.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        seed=config["seeds"][0],
        examples=by_preset(full=48, quick=20),
    script:
        "../scripts/cs7643_ps2/p5_convolution.py"


rule cs7643_ps2_p5_convolution_figures:
    """Matrices with their commutators, layers under shifts, learning from examples."""
    input:
        metrics="results/cs7643_ps2/p5_convolution/metrics.json",
        arrays="results/cs7643_ps2/p5_convolution/arrays.npz",
        modules=modules_of("cs7643_ps2/p5_convolution_figures"),
    output:
        matrices="results/cs7643_ps2/p5_convolution/figures/matrices.svg",
        layers="results/cs7643_ps2/p5_convolution/figures/layers.svg",
        shifts="results/cs7643_ps2/p5_convolution/figures/shifts.svg",
        learning="results/cs7643_ps2/p5_convolution/figures/learning.svg",
        layer_errors="results/cs7643_ps2/p5_convolution/tables/layer_errors.md",
    log:
        "results/logs/cs7643_ps2/p5_convolution_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p5_convolution_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p5_convolution_figures.py"


rule cs7643_ps2_p6_sgd:
    """Every step of a grid classified; SGD run to its noise floor."""
    input:
        modules=modules_of("cs7643_ps2/p6_sgd"),
    output:
        metrics="results/cs7643_ps2/p6_sgd/metrics.json",
        checks="results/cs7643_ps2/p6_sgd/checks.json",
        arrays="results/cs7643_ps2/p6_sgd/arrays.npz",
    log:
        "results/logs/cs7643_ps2/p6_sgd.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p6_sgd.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        seed=config["seeds"][0],
        per_unit=by_preset(full=40, quick=20),
        runs=by_preset(full=2000, quick=200),
        steps=1000,
    script:
        "../scripts/cs7643_ps2/p6_sgd.py"


rule cs7643_ps2_p6_sgd_figures:
    """The counterexample, the classified steps, the noise floor."""
    input:
        metrics="results/cs7643_ps2/p6_sgd/metrics.json",
        arrays="results/cs7643_ps2/p6_sgd/arrays.npz",
        modules=modules_of("cs7643_ps2/p6_sgd_figures"),
    output:
        counterexample="results/cs7643_ps2/p6_sgd/figures/counterexample.svg",
        regions="results/cs7643_ps2/p6_sgd/figures/regions.svg",
        floor="results/cs7643_ps2/p6_sgd/figures/floor.svg",
        steps="results/cs7643_ps2/p6_sgd/tables/steps.md",
        floors="results/cs7643_ps2/p6_sgd/tables/floors.md",
    log:
        "results/logs/cs7643_ps2/p6_sgd_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p6_sgd_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p6_sgd_figures.py"


rule cs7643_ps2_p3_gradient_descent:
    """The proximal model, and the rate of gradient descent measured."""
    input:
        modules=modules_of("cs7643_ps2/p3_gradient_descent"),
    output:
        metrics="results/cs7643_ps2/p3_gradient_descent/metrics.json",
        checks="results/cs7643_ps2/p3_gradient_descent/checks.json",
        arrays="results/cs7643_ps2/p3_gradient_descent/arrays.npz",
    log:
        "results/logs/cs7643_ps2/p3_gradient_descent.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p3_gradient_descent.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        largest_power=by_preset(full=6, quick=4),
        functions=by_preset(full=20, quick=5),
        seed=config["seeds"][0],
    script:
        "../scripts/cs7643_ps2/p3_gradient_descent.py"


rule cs7643_ps2_p3_gradient_descent_figures:
    """The proximal model, the rate and its tightness; one table."""
    input:
        metrics="results/cs7643_ps2/p3_gradient_descent/metrics.json",
        arrays="results/cs7643_ps2/p3_gradient_descent/arrays.npz",
        modules=modules_of("cs7643_ps2/p3_gradient_descent_figures"),
    output:
        proximal="results/cs7643_ps2/p3_gradient_descent/figures/proximal.svg",
        rate="results/cs7643_ps2/p3_gradient_descent/figures/rate.svg",
        rates="results/cs7643_ps2/p3_gradient_descent/tables/rates.md",
    log:
        "results/logs/cs7643_ps2/p3_gradient_descent_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p3_gradient_descent_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p3_gradient_descent_figures.py"


# Problem 7: the trainings, then what is said about them.
P7 = "results/cs7643_ps2/p7_cifar10"
P7_NETWORKS = ["two_layer", "vanilla_cnn", "own"]
P7_LOSSES = ["cross_entropy", "class_balanced", "focal"]
P7_CHOICES = ["none", "augmentation", "normalization", "muon"]


rule cs7643_ps2_p7_cifar10_numpy:
    """Part 1: the NumPy ConvNet on 50 images, and on all of them once."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("cs7643_ps2/p7_cifar10_numpy"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/numpy.json",
        arrays="results/cs7643_ps2/p7_cifar10/runs/numpy.npz",
    log:
        "results/logs/cs7643_ps2/p7_cifar10/numpy.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10/numpy.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=20,
    params:
        # None: all of them.
        images=by_preset(full=None, quick=1000),
        checked=by_preset(full=40, quick=5),
        seed=config["seeds"][0],
    script:
        "../scripts/cs7643_ps2/p7_cifar10_numpy.py"


rule cs7643_ps2_p7_cifar10_train:
    """Part 2: one network on all training images."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("cs7643_ps2/p7_cifar10_train"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/{network}.json",
        arrays="results/cs7643_ps2/p7_cifar10/runs/{network}.npz",
    log:
        "results/logs/cs7643_ps2/p7_cifar10/{network}.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10/{network}.tsv"
    wildcard_constraints:
        network="|".join(P7_NETWORKS),
    priority: LONG
    conda:
        "../../envs/compute.yaml"
    # The others are small: two of them side by side take less time than one after the other.
    threads: lambda wildcards: 2 if wildcards.network == "own" else 1
    resources:
        mem_mb=growing(5000),
        runtime=40,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
    script:
        "../scripts/cs7643_ps2/p7_cifar10_train.py"


rule cs7643_ps2_p7_cifar10_ablation:
    """Part 2: our own design without one of its choices, on a few of the images."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("cs7643_ps2/p7_cifar10_ablation"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/without-{choice}.json",
    log:
        "results/logs/cs7643_ps2/p7_cifar10/without-{choice}.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10/without-{choice}.tsv"
    wildcard_constraints:
        choice="|".join(P7_CHOICES),
    priority: LONG
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=20,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
        images=by_preset(full=4000, quick=600),
        validation=by_preset(full=None, quick=600),
    script:
        "../scripts/cs7643_ps2/p7_cifar10_ablation.py"


rule cs7643_ps2_p7_cifar10_long_tail:
    """Extra credit: ResNet-32 on long-tailed data with one loss."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("cs7643_ps2/p7_cifar10_long_tail"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/{loss}.json",
    log:
        "results/logs/cs7643_ps2/p7_cifar10/{loss}.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10/{loss}.tsv"
    wildcard_constraints:
        loss="|".join(P7_LOSSES),
    priority: LONG
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(5000),
        runtime=30,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
    script:
        "../scripts/cs7643_ps2/p7_cifar10_long_tail.py"


rule cs7643_ps2_p7_cifar10:
    """All runs beside each other; where our own design errs."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        **{
            name: f"{P7}/runs/{name}.json"
            for name in ["numpy", *P7_NETWORKS, *P7_LOSSES]
        },
        numpy_arrays=f"{P7}/runs/numpy.npz",
        own_arrays=f"{P7}/runs/own.npz",
        ablation=[f"{P7}/runs/without-{choice}.json" for choice in P7_CHOICES],
        modules=modules_of("cs7643_ps2/p7_cifar10"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/metrics.json",
        checks="results/cs7643_ps2/p7_cifar10/checks.json",
        arrays="results/cs7643_ps2/p7_cifar10/arrays.npz",
    log:
        "results/logs/cs7643_ps2/p7_cifar10.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        seed=config["seeds"][0],
    script:
        "../scripts/cs7643_ps2/p7_cifar10.py"


rule cs7643_ps2_p7_cifar10_figures:
    """Learning curves, confusions, errors, the long tail, the focal slope; four tables."""
    input:
        source="results/data/cifar10/source.json",
        metrics="results/cs7643_ps2/p7_cifar10/metrics.json",
        arrays="results/cs7643_ps2/p7_cifar10/arrays.npz",
        modules=modules_of("cs7643_ps2/p7_cifar10_figures"),
    output:
        numpy="results/cs7643_ps2/p7_cifar10/figures/numpy.svg",
        curves="results/cs7643_ps2/p7_cifar10/figures/curves.svg",
        confusion="results/cs7643_ps2/p7_cifar10/figures/confusion.svg",
        errors="results/cs7643_ps2/p7_cifar10/figures/errors.svg",
        long_tail="results/cs7643_ps2/p7_cifar10/figures/long_tail.svg",
        focal="results/cs7643_ps2/p7_cifar10/figures/focal.svg",
        networks="results/cs7643_ps2/p7_cifar10/tables/networks.md",
        ablation="results/cs7643_ps2/p7_cifar10/tables/ablation.md",
        classes="results/cs7643_ps2/p7_cifar10/tables/classes.md",
        long_tail_table="results/cs7643_ps2/p7_cifar10/tables/long_tail.md",
    log:
        "results/logs/cs7643_ps2/p7_cifar10_figures.log",
    benchmark:
        "results/benchmarks/cs7643_ps2/p7_cifar10_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/cs7643_ps2/p7_cifar10_figures.py"
