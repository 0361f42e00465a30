# CSCI 5527 Deep Learning, homework set 3.


rule scipy_images:
    """The images ascent and face, as arrays; they have no classes and no split."""
    input:
        manifest=MANIFEST,
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
        mem_mb=growing(2000),
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
        mem_mb=growing(3000),
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
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
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
        mem_mb=growing(3000),
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
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw3/p3_normalization_figures.py"


rule pretrained_weights:
    """Weights of SqueezeNet 1.1, fetched where there is a network: compute nodes need none."""
    input:
        manifest=MANIFEST,
        modules=modules_of("data/weights"),
    output:
        weights="results/data/weights/weights.npz",
        source="results/data/weights/source.json",
    log:
        "results/logs/data/weights.log",
    benchmark:
        "results/benchmarks/data/weights.tsv"
    # The client tries three times itself; this is for a machine that was away for a while.
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
        weights=config["transfer"]["weights"],
    script:
        "../scripts/data/weights.py"


rule csci5527_hw3_p4_transfer_pretrain:
    """The weights for gray images; trained here on digits where none could be fetched."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        weights="results/data/weights/weights.npz",
        modules=modules_of("csci5527_hw3/p4_transfer_pretrain"),
    output:
        weights="results/csci5527_hw3/p4_transfer/pretrained.npz",
        origin="results/csci5527_hw3/p4_transfer/pretrained.json",
    log:
        "results/logs/csci5527_hw3/p4_transfer_pretrain.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p4_transfer_pretrain.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=20,
        gpu=GPUS_PER_TRAINING,
    params:
        device=config["device"],
        deterministic=config["deterministic"],
        images=by_preset(full=20_000, quick=400),
        epochs=by_preset(full=2, quick=1),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p4_transfer_pretrain.py"


# The strategies of problem 4, in the order of its tables.
STRATEGIES = list(config["transfer"]["strategies"])


rule csci5527_hw3_p4_transfer_train:
    """One strategy: training, and its scores on validation and test images."""
    input:
        unpack(lambda wildcards: data_of("chest_xray")),
        weights="results/csci5527_hw3/p4_transfer/pretrained.npz",
        modules=modules_of("csci5527_hw3/p4_transfer_train"),
    output:
        metrics="results/csci5527_hw3/p4_transfer/runs/{strategy}.json",
        arrays="results/csci5527_hw3/p4_transfer/runs/{strategy}.npz",
    log:
        "results/logs/csci5527_hw3/p4_transfer/{strategy}.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p4_transfer/{strategy}.tsv"
    wildcard_constraints:
        strategy="|".join(STRATEGIES),
    priority: LONG
    conda:
        "../../envs/compute.yaml"
    # Two strategies side by side are faster than one on two threads.
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=60,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        strategy=lambda wildcards: config["transfer"]["strategies"][wildcards.strategy],
        side=by_preset(full=config["transfer"]["image_size"], quick=64),
        # Of the training images, in a quick run.
        images=300,
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p4_transfer_train.py"


rule csci5527_hw3_p4_transfer:
    """The strategies by validation, then once on the test images; thresholds, gap, Grad-CAM."""
    input:
        unpack(lambda wildcards: data_of("chest_xray")),
        origin="results/csci5527_hw3/p4_transfer/pretrained.json",
        runs=[
            f"results/csci5527_hw3/p4_transfer/runs/{name}.json" for name in STRATEGIES
        ],
        runs_arrays=[
            f"results/csci5527_hw3/p4_transfer/runs/{name}.npz" for name in STRATEGIES
        ],
        modules=modules_of("csci5527_hw3/p4_transfer"),
    output:
        metrics="results/csci5527_hw3/p4_transfer/metrics.json",
        checks="results/csci5527_hw3/p4_transfer/checks.json",
        arrays="results/csci5527_hw3/p4_transfer/arrays.npz",
    log:
        "results/logs/csci5527_hw3/p4_transfer.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p4_transfer.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=15,
    params:
        strategies=STRATEGIES,
        side=by_preset(full=config["transfer"]["image_size"], quick=64),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p4_transfer.py"


rule csci5527_hw3_p4_transfer_figures:
    """Examples, losses, confusions, curves, scores and regions; five tables."""
    input:
        source="results/data/chest_xray/source.json",
        train="results/data/chest_xray/train.npz",
        metrics="results/csci5527_hw3/p4_transfer/metrics.json",
        arrays="results/csci5527_hw3/p4_transfer/arrays.npz",
        modules=modules_of("csci5527_hw3/p4_transfer_figures"),
    output:
        images="results/csci5527_hw3/p4_transfer/figures/images.svg",
        losses="results/csci5527_hw3/p4_transfer/figures/losses.svg",
        confusions="results/csci5527_hw3/p4_transfer/figures/confusions.svg",
        curves="results/csci5527_hw3/p4_transfer/figures/curves.svg",
        scores="results/csci5527_hw3/p4_transfer/figures/scores.svg",
        regions="results/csci5527_hw3/p4_transfer/figures/regions.svg",
        split="results/csci5527_hw3/p4_transfer/tables/split.md",
        strategies="results/csci5527_hw3/p4_transfer/tables/strategies.md",
        results="results/csci5527_hw3/p4_transfer/tables/results.md",
        rates="results/csci5527_hw3/p4_transfer/tables/rates.md",
        thresholds="results/csci5527_hw3/p4_transfer/tables/thresholds.md",
    log:
        "results/logs/csci5527_hw3/p4_transfer_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p4_transfer_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw3/p4_transfer_figures.py"


HW3_OPTIMIZERS = ("adagrad", "rmsprop", "adam", "adamw")
HW3_TRAININGS = [
    f"results/csci5527_hw3/p1_optimizers/runs/{optimizer}-{implementation}-{seed}"
    for optimizer in HW3_OPTIMIZERS
    for implementation in ("ours", "builtin")
    for seed in by_preset(full=config["seeds"], quick=config["seeds"][:1])
]
HW3_TUNINGS = [
    f"results/csci5527_hw3/p1_optimizers/runs/{optimizer}-tuning.json"
    for optimizer in HW3_OPTIMIZERS
]


rule csci5527_hw3_p1_optimizers_tune:
    """Choose one optimizer's hyperparameters on the validation images, in short trainings."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        modules=modules_of("csci5527_hw3/p1_optimizers_tune"),
    output:
        tuning="results/csci5527_hw3/p1_optimizers/runs/{optimizer}-tuning.json",
    log:
        "results/logs/csci5527_hw3/p1_optimizers/{optimizer}-tuning.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p1_optimizers/{optimizer}-tuning.tsv"
    wildcard_constraints:
        optimizer="|".join(HW3_OPTIMIZERS),
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=20,
        gpu=GPUS_PER_TRAINING,
    params:
        device=config["device"],
        deterministic=config["deterministic"],
        epochs=by_preset(full=2, quick=1),
        images=by_preset(full=20_000, quick=1000),
        seed=config["seeds"][0],
    script:
        "../scripts/csci5527_hw3/p1_optimizers_tune.py"


rule csci5527_hw3_p1_optimizers_train:
    """One training: one optimizer, ours or PyTorch's, one seed."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        tuning="results/csci5527_hw3/p1_optimizers/runs/{optimizer}-tuning.json",
        modules=modules_of("csci5527_hw3/p1_optimizers_train"),
    output:
        metrics="results/csci5527_hw3/p1_optimizers/runs/{optimizer}-{implementation}-{seed}.json",
        arrays="results/csci5527_hw3/p1_optimizers/runs/{optimizer}-{implementation}-{seed}.npz",
    log:
        "results/logs/csci5527_hw3/p1_optimizers/{optimizer}-{implementation}-{seed}.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p1_optimizers/{optimizer}-{implementation}-{seed}.tsv"
    wildcard_constraints:
        optimizer="|".join(HW3_OPTIMIZERS),
        implementation="ours|builtin",
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=20,
        gpu=GPUS_PER_TRAINING,
    params:
        device=config["device"],
        deterministic=config["deterministic"],
        epochs=by_preset(full=5, quick=2),
        images=by_preset(full=None, quick=1500),
    script:
        "../scripts/csci5527_hw3/p1_optimizers_train.py"


rule csci5527_hw3_p1_optimizers:
    """Four optimizers, ours beside PyTorch's, over the seeds."""
    input:
        unpack(lambda wildcards: data_of("mnist")),
        tuning=HW3_TUNINGS,
        runs=[f"{training}.json" for training in HW3_TRAININGS],
        runs_arrays=[f"{training}.npz" for training in HW3_TRAININGS],
        modules=modules_of("csci5527_hw3/p1_optimizers"),
    output:
        metrics="results/csci5527_hw3/p1_optimizers/metrics.json",
        checks="results/csci5527_hw3/p1_optimizers/checks.json",
        arrays="results/csci5527_hw3/p1_optimizers/arrays.npz",
    log:
        "results/logs/csci5527_hw3/p1_optimizers.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p1_optimizers.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        steps=by_preset(full=2000, quick=400),
    script:
        "../scripts/csci5527_hw3/p1_optimizers.py"


rule csci5527_hw3_p1_optimizers_figures:
    """Objectives over the epochs, tuning, step lengths, common errors; three tables."""
    input:
        source="results/data/mnist/source.json",
        tuning=HW3_TUNINGS,
        metrics="results/csci5527_hw3/p1_optimizers/metrics.json",
        arrays="results/csci5527_hw3/p1_optimizers/arrays.npz",
        modules=modules_of("csci5527_hw3/p1_optimizers_figures"),
    output:
        adagrad="results/csci5527_hw3/p1_optimizers/figures/adagrad.svg",
        rmsprop="results/csci5527_hw3/p1_optimizers/figures/rmsprop.svg",
        adam="results/csci5527_hw3/p1_optimizers/figures/adam.svg",
        tuning="results/csci5527_hw3/p1_optimizers/figures/tuning.svg",
        steps="results/csci5527_hw3/p1_optimizers/figures/steps.svg",
        errors="results/csci5527_hw3/p1_optimizers/figures/errors.svg",
        tuning_table="results/csci5527_hw3/p1_optimizers/tables/tuning_table.md",
        results="results/csci5527_hw3/p1_optimizers/tables/results.md",
        network="results/csci5527_hw3/p1_optimizers/tables/network.md",
    log:
        "results/logs/csci5527_hw3/p1_optimizers_figures.log",
    benchmark:
        "results/benchmarks/csci5527_hw3/p1_optimizers_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/csci5527_hw3/p1_optimizers_figures.py"
