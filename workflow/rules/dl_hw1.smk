# Deep Learning, homework 1.


rule dl_hw1_p1_softmax:
    """Softmax and the norm of its Jacobian from cold to hot."""
    input:
        modules=modules_of("dl_hw1/p1_softmax"),
    output:
        metrics="results/dl_hw1/p1_softmax/metrics.json",
        checks="results/dl_hw1/p1_softmax/checks.json",
        arrays="results/dl_hw1/p1_softmax/arrays.npz",
    log:
        "results/logs/dl_hw1/p1_softmax.log",
    benchmark:
        "results/benchmarks/dl_hw1/p1_softmax.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        points=by_preset(full=200, quick=40),
    script:
        "../scripts/dl_hw1/p1_softmax.py"


rule dl_hw1_p1_softmax_figures:
    """Probabilities and norm against the temperature."""
    input:
        metrics="results/dl_hw1/p1_softmax/metrics.json",
        arrays="results/dl_hw1/p1_softmax/arrays.npz",
        modules=modules_of("dl_hw1/p1_softmax_figures"),
    output:
        temperature="results/dl_hw1/p1_softmax/figures/temperature.svg",
    log:
        "results/logs/dl_hw1/p1_softmax_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p1_softmax_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p1_softmax_figures.py"


rule dl_hw1_p2_huber:
    """Fits under outliers, IRLS beside gradient descent, ridge."""
    input:
        modules=modules_of("dl_hw1/p2_huber"),
    output:
        metrics="results/dl_hw1/p2_huber/metrics.json",
        checks="results/dl_hw1/p2_huber/checks.json",
        arrays="results/dl_hw1/p2_huber/arrays.npz",
    log:
        "results/logs/dl_hw1/p2_huber.log",
    benchmark:
        "results/benchmarks/dl_hw1/p2_huber.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        shifts=by_preset(full=31, quick=7),
        lams=by_preset(full=15, quick=5),
        repetitions=by_preset(full=10, quick=2),
        seed=config["seeds"][0],
    script:
        "../scripts/dl_hw1/p2_huber.py"


rule dl_hw1_p2_huber_figures:
    """Loss and score, fits, convergence, ridge; three tables."""
    input:
        metrics="results/dl_hw1/p2_huber/metrics.json",
        arrays="results/dl_hw1/p2_huber/arrays.npz",
        modules=modules_of("dl_hw1/p2_huber_figures"),
    output:
        influence="results/dl_hw1/p2_huber/figures/influence.svg",
        fits="results/dl_hw1/p2_huber/figures/fits.svg",
        convergence="results/dl_hw1/p2_huber/figures/convergence.svg",
        ridge="results/dl_hw1/p2_huber/figures/ridge.svg",
        fits_table="results/dl_hw1/p2_huber/tables/fits_table.md",
        iterations="results/dl_hw1/p2_huber/tables/iterations.md",
        evaluation="results/dl_hw1/p2_huber/tables/evaluation.md",
    log:
        "results/logs/dl_hw1/p2_huber_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p2_huber_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p2_huber_figures.py"


rule dl_hw1_p3_adam:
    """Adam beside momentum: scale, first steps, rare and noisy gradients."""
    input:
        modules=modules_of("dl_hw1/p3_adam"),
    output:
        metrics="results/dl_hw1/p3_adam/metrics.json",
        checks="results/dl_hw1/p3_adam/checks.json",
        arrays="results/dl_hw1/p3_adam/arrays.npz",
    log:
        "results/logs/dl_hw1/p3_adam.log",
    benchmark:
        "results/benchmarks/dl_hw1/p3_adam.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        steps=by_preset(full=300, quick=100),
        factors=by_preset(full=49, quick=9),
        repetitions=by_preset(full=100, quick=50),
        random_steps=by_preset(full=20_000, quick=3_000),
        settle=by_preset(full=5_000, quick=1_000),
        seed=config["seeds"][0],
    script:
        "../scripts/dl_hw1/p3_adam.py"


rule dl_hw1_p3_adam_figures:
    """Paths under scaling, first steps, rare and noisy gradients; one table."""
    input:
        metrics="results/dl_hw1/p3_adam/metrics.json",
        arrays="results/dl_hw1/p3_adam/arrays.npz",
        modules=modules_of("dl_hw1/p3_adam_figures"),
    output:
        scaling="results/dl_hw1/p3_adam/figures/scaling.svg",
        bias="results/dl_hw1/p3_adam/figures/bias.svg",
        random="results/dl_hw1/p3_adam/figures/random.svg",
        scales="results/dl_hw1/p3_adam/tables/scales.md",
    log:
        "results/logs/dl_hw1/p3_adam_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p3_adam_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p3_adam_figures.py"


# The eight networks of problem 5, in the order of its tables.
P5_NETWORKS = [
    f"results/dl_hw1/p5_initialization/runs/{activation}-{method}"
    for activation in ("tanh", "relu")
    for method in ("zero", "small_random", "xavier", "he")
]


rule dl_hw1_p5_initialization_run:
    """One activation, one initialization: statistics before training, then training, per seed."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        modules=modules_of("dl_hw1/p5_initialization_run"),
    output:
        metrics="results/dl_hw1/p5_initialization/runs/{activation}-{method}.json",
        arrays="results/dl_hw1/p5_initialization/runs/{activation}-{method}.npz",
    log:
        "results/logs/dl_hw1/p5_initialization/{activation}-{method}.log",
    benchmark:
        "results/benchmarks/dl_hw1/p5_initialization/{activation}-{method}.tsv"
    wildcard_constraints:
        activation="tanh|relu",
        method="zero|small_random|xavier|he",
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=30,
        gpu=GPUS_PER_TRAINING,
    params:
        device=config["device"],
        deterministic=config["deterministic"],
        seeds=config["seeds"],
        epochs=by_preset(full=10, quick=1),
        images=by_preset(full=None, quick=3000),
    script:
        "../scripts/dl_hw1/p5_initialization_run.py"


rule dl_hw1_p5_initialization:
    """All eight networks over their seeds, beside the predictions."""
    input:
        runs=[f"{network}.json" for network in P5_NETWORKS],
        runs_arrays=[f"{network}.npz" for network in P5_NETWORKS],
        modules=modules_of("dl_hw1/p5_initialization"),
    output:
        metrics="results/dl_hw1/p5_initialization/metrics.json",
        checks="results/dl_hw1/p5_initialization/checks.json",
        arrays="results/dl_hw1/p5_initialization/arrays.npz",
    log:
        "results/logs/dl_hw1/p5_initialization.log",
    benchmark:
        "results/benchmarks/dl_hw1/p5_initialization.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    script:
        "../scripts/dl_hw1/p5_initialization.py"


rule dl_hw1_p5_initialization_figures:
    """Activations before training, losses, the map of variances; five tables."""
    input:
        source="results/data/mnist/source.json",
        metrics="results/dl_hw1/p5_initialization/metrics.json",
        arrays="results/dl_hw1/p5_initialization/arrays.npz",
        modules=modules_of("dl_hw1/p5_initialization_figures"),
    output:
        statistics_tanh="results/dl_hw1/p5_initialization/figures/statistics_tanh.svg",
        statistics_relu="results/dl_hw1/p5_initialization/figures/statistics_relu.svg",
        training_tanh="results/dl_hw1/p5_initialization/figures/training_tanh.svg",
        training_relu="results/dl_hw1/p5_initialization/figures/training_relu.svg",
        map="results/dl_hw1/p5_initialization/figures/map.svg",
        accuracy_tanh="results/dl_hw1/p5_initialization/tables/accuracy_tanh.md",
        accuracy_relu="results/dl_hw1/p5_initialization/tables/accuracy_relu.md",
        deviations="results/dl_hw1/p5_initialization/tables/deviations.md",
        gradients="results/dl_hw1/p5_initialization/tables/gradients.md",
        summary="results/dl_hw1/p5_initialization/tables/summary.md",
    log:
        "results/logs/dl_hw1/p5_initialization_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p5_initialization_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p5_initialization_figures.py"


rule dl_hw1_p6_mytorch:
    """Gradient check of the NumPy library, and its training on MNIST."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        modules=modules_of("dl_hw1/p6_mytorch"),
    output:
        metrics="results/dl_hw1/p6_mytorch/metrics.json",
        checks="results/dl_hw1/p6_mytorch/checks.json",
        arrays="results/dl_hw1/p6_mytorch/arrays.npz",
    log:
        "results/logs/dl_hw1/p6_mytorch.log",
    benchmark:
        "results/benchmarks/dl_hw1/p6_mytorch.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=15,
    params:
        # None: all of them.
        images=by_preset(full=None, quick=3000),
        epochs=by_preset(full=3, quick=1),
        checked_entries=by_preset(full=None, quick=60),
        sweep_entries=by_preset(full=60, quick=10),
        seeds=config["seeds"],
    script:
        "../scripts/dl_hw1/p6_mytorch.py"


rule dl_hw1_p6_mytorch_figures:
    """Error against step, training loss, digits; the gradient check and the initializations."""
    input:
        source="results/data/mnist/source.json",
        metrics="results/dl_hw1/p6_mytorch/metrics.json",
        arrays="results/dl_hw1/p6_mytorch/arrays.npz",
        modules=modules_of("dl_hw1/p6_mytorch_figures"),
    output:
        epsilon="results/dl_hw1/p6_mytorch/figures/epsilon.svg",
        loss="results/dl_hw1/p6_mytorch/figures/loss.svg",
        digits="results/dl_hw1/p6_mytorch/figures/digits.svg",
        check="results/dl_hw1/p6_mytorch/tables/check.md",
        mistakes="results/dl_hw1/p6_mytorch/tables/mistakes.md",
        initializations="results/dl_hw1/p6_mytorch/tables/initializations.md",
    log:
        "results/logs/dl_hw1/p6_mytorch_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p6_mytorch_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p6_mytorch_figures.py"


rule dl_hw1_p4_bloodmnist_train:
    """Train the perceptron of the text (`mlp`) or the convolutional reference (`cnn`)."""
    input:
        unpack(lambda wildcards: data_of("bloodmnist")),
        modules=modules_of("dl_hw1/p4_bloodmnist_train"),
    output:
        metrics="results/dl_hw1/p4_bloodmnist/runs/{network}.json",
        arrays="results/dl_hw1/p4_bloodmnist/runs/{network}.npz",
    log:
        "results/logs/dl_hw1/p4_bloodmnist/{network}.log",
    benchmark:
        "results/benchmarks/dl_hw1/p4_bloodmnist/{network}.tsv"
    wildcard_constraints:
        network="mlp|cnn",
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=20,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
    script:
        "../scripts/dl_hw1/p4_bloodmnist_train.py"


rule dl_hw1_p4_bloodmnist:
    """Both networks on the test images: confusions, confidence, calibration."""
    input:
        unpack(lambda wildcards: data_of("bloodmnist")),
        mlp="results/dl_hw1/p4_bloodmnist/runs/mlp.json",
        mlp_arrays="results/dl_hw1/p4_bloodmnist/runs/mlp.npz",
        cnn="results/dl_hw1/p4_bloodmnist/runs/cnn.json",
        cnn_arrays="results/dl_hw1/p4_bloodmnist/runs/cnn.npz",
        modules=modules_of("dl_hw1/p4_bloodmnist"),
    output:
        metrics="results/dl_hw1/p4_bloodmnist/metrics.json",
        checks="results/dl_hw1/p4_bloodmnist/checks.json",
        arrays="results/dl_hw1/p4_bloodmnist/arrays.npz",
    log:
        "results/logs/dl_hw1/p4_bloodmnist.log",
    benchmark:
        "results/benchmarks/dl_hw1/p4_bloodmnist.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=10,
    params:
        seed=config["seeds"][0],
    script:
        "../scripts/dl_hw1/p4_bloodmnist.py"


rule dl_hw1_p4_bloodmnist_figures:
    """Cells, classes, curves, confusions, quadrants and reliability; five tables."""
    input:
        source="results/data/bloodmnist/source.json",
        metrics="results/dl_hw1/p4_bloodmnist/metrics.json",
        arrays="results/dl_hw1/p4_bloodmnist/arrays.npz",
        modules=modules_of("dl_hw1/p4_bloodmnist_figures"),
    output:
        examples="results/dl_hw1/p4_bloodmnist/figures/examples.svg",
        classes="results/dl_hw1/p4_bloodmnist/figures/classes.svg",
        curves="results/dl_hw1/p4_bloodmnist/figures/curves.svg",
        confusion="results/dl_hw1/p4_bloodmnist/figures/confusion.svg",
        errors="results/dl_hw1/p4_bloodmnist/figures/errors.svg",
        quadrants="results/dl_hw1/p4_bloodmnist/figures/quadrants.svg",
        reliability="results/dl_hw1/p4_bloodmnist/figures/reliability.svg",
        splits="results/dl_hw1/p4_bloodmnist/tables/splits.md",
        report="results/dl_hw1/p4_bloodmnist/tables/report.md",
        confused="results/dl_hw1/p4_bloodmnist/tables/confused.md",
        corners="results/dl_hw1/p4_bloodmnist/tables/corners.md",
        networks="results/dl_hw1/p4_bloodmnist/tables/networks.md",
    log:
        "results/logs/dl_hw1/p4_bloodmnist_figures.log",
    benchmark:
        "results/benchmarks/dl_hw1/p4_bloodmnist_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/dl_hw1/p4_bloodmnist_figures.py"
