# EECS 182 Deep Neural Networks, homework 5.


rule eecs182_hw5_q1_convnets:
    """Parameters, shifts and unseen places; transpose convolutions."""
    input:
        modules=modules_of("eecs182_hw5/q1_convnets"),
    output:
        metrics="results/eecs182_hw5/q1_convnets/metrics.json",
        checks="results/eecs182_hw5/q1_convnets/checks.json",
        arrays="results/eecs182_hw5/q1_convnets/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q1_convnets.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q1_convnets.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        repetitions=by_preset(full=4, quick=1),
        training=by_preset(full=1_000, quick=300),
        steps=by_preset(full=100, quick=60),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q1_convnets.py"


rule eecs182_hw5_q1_convnets_figures:
    """Reasons for convolutions, the placed kernels, their overlaps."""
    input:
        metrics="results/eecs182_hw5/q1_convnets/metrics.json",
        arrays="results/eecs182_hw5/q1_convnets/arrays.npz",
        modules=modules_of("eecs182_hw5/q1_convnets_figures"),
    output:
        reasons="results/eecs182_hw5/q1_convnets/figures/reasons.svg",
        transpose="results/eecs182_hw5/q1_convnets/figures/transpose.svg",
        overlaps="results/eecs182_hw5/q1_convnets/figures/overlaps.svg",
        layers="results/eecs182_hw5/q1_convnets/tables/layers.md",
        equivariance="results/eecs182_hw5/q1_convnets/tables/equivariance.md",
    log:
        "results/logs/eecs182_hw5/q1_convnets_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q1_convnets_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q1_convnets_figures.py"


rule eecs182_hw5_q2_batchnorm:
    """What is normalized together; the gradient as the batch grows."""
    input:
        modules=modules_of("eecs182_hw5/q2_batchnorm"),
    output:
        metrics="results/eecs182_hw5/q2_batchnorm/metrics.json",
        checks="results/eecs182_hw5/q2_batchnorm/checks.json",
        arrays="results/eecs182_hw5/q2_batchnorm/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q2_batchnorm.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q2_batchnorm.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        sizes=by_preset(full=17, quick=5),
        repetitions=by_preset(full=200, quick=20),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q2_batchnorm.py"


rule eecs182_hw5_q2_batchnorm_figures:
    """The slices as cubes, the correction against the batch size."""
    input:
        metrics="results/eecs182_hw5/q2_batchnorm/metrics.json",
        arrays="results/eecs182_hw5/q2_batchnorm/arrays.npz",
        modules=modules_of("eecs182_hw5/q2_batchnorm_figures"),
    output:
        slices="results/eecs182_hw5/q2_batchnorm/figures/slices.svg",
        limit="results/eecs182_hw5/q2_batchnorm/figures/limit.svg",
    log:
        "results/logs/eecs182_hw5/q2_batchnorm_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q2_batchnorm_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q2_batchnorm_figures.py"


rule eecs182_hw5_q3_separable:
    """Real layers counted, and how much of a convolution separates."""
    input:
        modules=modules_of("eecs182_hw5/q3_separable"),
    output:
        metrics="results/eecs182_hw5/q3_separable/metrics.json",
        checks="results/eecs182_hw5/q3_separable/checks.json",
        arrays="results/eecs182_hw5/q3_separable/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q3_separable.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q3_separable.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        repetitions=by_preset(full=1_000, quick=50),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q3_separable.py"


rule eecs182_hw5_q3_separable_figures:
    """Which channels are connected, what is saved, the counts."""
    input:
        metrics="results/eecs182_hw5/q3_separable/metrics.json",
        arrays="results/eecs182_hw5/q3_separable/arrays.npz",
        modules=modules_of("eecs182_hw5/q3_separable_figures"),
    output:
        channels="results/eecs182_hw5/q3_separable/figures/channels.svg",
        share="results/eecs182_hw5/q3_separable/figures/share.svg",
        question="results/eecs182_hw5/q3_separable/tables/question.md",
        mobilenet="results/eecs182_hw5/q3_separable/tables/mobilenet.md",
    log:
        "results/logs/eecs182_hw5/q3_separable_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q3_separable_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q3_separable_figures.py"


rule eecs182_hw5_q5_dropout_train:
    """One network on images that have their class in a corner, with dropout of `rate` per cent."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("eecs182_hw5/q5_dropout_train"),
    output:
        metrics="results/eecs182_hw5/q5_dropout/runs/rate_{rate}.json",
        arrays="results/eecs182_hw5/q5_dropout/runs/rate_{rate}.npz",
    log:
        "results/logs/eecs182_hw5/q5_dropout/rate_{rate}.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q5_dropout/rate_{rate}.tsv"
    wildcard_constraints:
        rate=r"\d+",
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=30,
        gpu=GPUS_PER_TRAINING,
    params:
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
        # None: all of them.
        images=by_preset(full=None, quick=2000),
        test_images=by_preset(full=None, quick=1000),
        epochs=by_preset(full=10, quick=1),
    script:
        "../scripts/eecs182_hw5/q5_dropout_train.py"


rule eecs182_hw5_q5_dropout:
    """One point under dropout, in closed form and trained; the networks that may cheat."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        rate_0="results/eecs182_hw5/q5_dropout/runs/rate_0.json",
        rate_0_arrays="results/eecs182_hw5/q5_dropout/runs/rate_0.npz",
        rate_075="results/eecs182_hw5/q5_dropout/runs/rate_75.json",
        rate_075_arrays="results/eecs182_hw5/q5_dropout/runs/rate_75.npz",
        modules=modules_of("eecs182_hw5/q5_dropout"),
    output:
        metrics="results/eecs182_hw5/q5_dropout/metrics.json",
        checks="results/eecs182_hw5/q5_dropout/checks.json",
        arrays="results/eecs182_hw5/q5_dropout/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q5_dropout.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q5_dropout.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        # Of the sweep; in fewer, Adam is not there yet and the text would not be true.
        steps=10_000,
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q5_dropout.py"


rule eecs182_hw5_q5_dropout_figures:
    """Training curves, the plane of weights, the sweep over rates, the cheat; four tables."""
    input:
        source="results/data/cifar10/source.json",
        metrics="results/eecs182_hw5/q5_dropout/metrics.json",
        arrays="results/eecs182_hw5/q5_dropout/arrays.npz",
        modules=modules_of("eecs182_hw5/q5_dropout_figures"),
    output:
        training="results/eecs182_hw5/q5_dropout/figures/training.svg",
        plane="results/eecs182_hw5/q5_dropout/figures/plane.svg",
        sweep="results/eecs182_hw5/q5_dropout/figures/sweep.svg",
        cheating="results/eecs182_hw5/q5_dropout/figures/cheating.svg",
        weights="results/eecs182_hw5/q5_dropout/tables/weights.md",
        predicted="results/eecs182_hw5/q5_dropout/tables/predicted.md",
        rates="results/eecs182_hw5/q5_dropout/tables/rates.md",
        networks="results/eecs182_hw5/q5_dropout/tables/networks.md",
    log:
        "results/logs/eecs182_hw5/q5_dropout_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q5_dropout_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q5_dropout_figures.py"


Q6_RUNS = "results/eecs182_hw5/q6_cnn/runs"
# The candidates of `proofsheet.small_convnets.DESIGNS`.
Q6_DESIGNS = by_preset(
    full=(
        "base",
        "slow",
        "fast",
        "large_batch",
        "muon",
        "fast_muon",
        "even",
        "sharp",
        "unaugmented",
    ),
    quick=("base", "fast_muon", "unaugmented"),
)


rule eecs182_hw5_q6_cnn_numpy:
    """Batch norm, weight scales and dropout on 1,000 images, in NumPy; two backward passes timed."""
    input:
        unpack(lambda wildcards: data_of("cifar10")),
        modules=modules_of("eecs182_hw5/q6_cnn_numpy"),
    output:
        metrics=f"{Q6_RUNS}/numpy.json",
        arrays=f"{Q6_RUNS}/numpy.npz",
    log:
        "results/logs/eecs182_hw5/q6_cnn/numpy.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn/numpy.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=20,
    params:
        seed=config["seeds"][0],
        images=by_preset(full=1_000, quick=300),
        scales=by_preset(full=20, quick=5),
        repetitions=by_preset(full=3, quick=2),
        dropout_repetitions=by_preset(full=10, quick=2),
        convnet_epochs=by_preset(full=8, quick=1),
        speed_repetitions=by_preset(full=200, quick=10),
    script:
        "../scripts/eecs182_hw5/q6_cnn_numpy.py"


rule eecs182_hw5_q6_cnn_given:
    """One of the course's networks: plain, or with batch norm and dropout."""
    input:
        unpack(lambda wildcards: data_of(Q6_DATASET)),
        modules=modules_of("eecs182_hw5/q6_cnn_given"),
    output:
        metrics=f"{Q6_RUNS}/{{network}}.json",
        arrays=f"{Q6_RUNS}/{{network}}.npz",
    log:
        "results/logs/eecs182_hw5/q6_cnn/{network}.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn/{network}.tsv"
    wildcard_constraints:
        network="plain|bn_dropout",
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
        seed=config["seeds"][0],
        # None: all of them.
        images=by_preset(full=None, quick=1000),
    script:
        "../scripts/eecs182_hw5/q6_cnn_given.py"


rule eecs182_hw5_q6_cnn_trial:
    """A short training of one candidate for the design of our own."""
    input:
        unpack(lambda wildcards: data_of(Q6_DATASET)),
        modules=modules_of("eecs182_hw5/q6_cnn_trial"),
    output:
        metrics=f"{Q6_RUNS}/trial-{{design}}.json",
    log:
        "results/logs/eecs182_hw5/q6_cnn/trial-{design}.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn/trial-{design}.tsv"
    wildcard_constraints:
        design="|".join(Q6_DESIGNS),
    priority: LONG
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
        seed=config["seeds"][0],
        images=by_preset(full=6_000, quick=256),
        epochs=by_preset(full=2, quick=1),
    script:
        "../scripts/eecs182_hw5/q6_cnn_trial.py"


rule eecs182_hw5_q6_cnn_own:
    """The best candidate, trained to the end."""
    input:
        unpack(lambda wildcards: data_of(Q6_DATASET)),
        trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS],
        modules=modules_of("eecs182_hw5/q6_cnn_own"),
    output:
        metrics=f"{Q6_RUNS}/own.json",
        arrays=f"{Q6_RUNS}/own.npz",
    log:
        "results/logs/eecs182_hw5/q6_cnn/own.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn/own.tsv"
    priority: LONG
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=40,
        gpu=GPUS_PER_TRAINING,
    params:
        preset=config["preset"],
        device=config["device"],
        deterministic=config["deterministic"],
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
    script:
        "../scripts/eecs182_hw5/q6_cnn_own.py"


rule eecs182_hw5_q6_cnn:
    """The graph of batch norm, its checks, and all trainings beside each other."""
    input:
        unpack(lambda wildcards: data_of(Q6_DATASET)),
        numpy=f"{Q6_RUNS}/numpy.json",
        numpy_arrays=f"{Q6_RUNS}/numpy.npz",
        plain=f"{Q6_RUNS}/plain.json",
        plain_arrays=f"{Q6_RUNS}/plain.npz",
        bn_dropout=f"{Q6_RUNS}/bn_dropout.json",
        bn_dropout_arrays=f"{Q6_RUNS}/bn_dropout.npz",
        own=f"{Q6_RUNS}/own.json",
        own_arrays=f"{Q6_RUNS}/own.npz",
        trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS],
        modules=modules_of("eecs182_hw5/q6_cnn"),
    output:
        metrics="results/eecs182_hw5/q6_cnn/metrics.json",
        checks="results/eecs182_hw5/q6_cnn/checks.json",
        graph="results/eecs182_hw5/q6_cnn/graph.json",
        arrays="results/eecs182_hw5/q6_cnn/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q6_cnn.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        dataset=Q6_DATASET,
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q6_cnn.py"


rule eecs182_hw5_q6_cnn_figures:
    """Both graphs, the three experiments, the learning curves; four tables."""
    input:
        source=f"results/data/{Q6_DATASET}/source.json",
        metrics="results/eecs182_hw5/q6_cnn/metrics.json",
        graph="results/eecs182_hw5/q6_cnn/graph.json",
        arrays="results/eecs182_hw5/q6_cnn/arrays.npz",
        modules=modules_of("eecs182_hw5/q6_cnn_figures"),
    output:
        graph="results/eecs182_hw5/q6_cnn/figures/graph.svg",
        operations="results/eecs182_hw5/q6_cnn/figures/operations.svg",
        depth="results/eecs182_hw5/q6_cnn/figures/depth.svg",
        scale="results/eecs182_hw5/q6_cnn/figures/scale.svg",
        dropout="results/eecs182_hw5/q6_cnn/figures/dropout.svg",
        curves="results/eecs182_hw5/q6_cnn/figures/curves.svg",
        speed="results/eecs182_hw5/q6_cnn/tables/speed.md",
        networks="results/eecs182_hw5/q6_cnn/tables/networks.md",
        trials="results/eecs182_hw5/q6_cnn/tables/trials.md",
    log:
        "results/logs/eecs182_hw5/q6_cnn_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q6_cnn_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q6_cnn_figures.py"


rule eecs182_hw5_q4_dropout_theory:
    """Dropout, batch norm and weight decay in other units and with means."""
    input:
        modules=modules_of("eecs182_hw5/q4_dropout_theory"),
    output:
        metrics="results/eecs182_hw5/q4_dropout_theory/metrics.json",
        checks="results/eecs182_hw5/q4_dropout_theory/checks.json",
        arrays="results/eecs182_hw5/q4_dropout_theory/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q4_dropout_theory.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q4_dropout_theory.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        steps=by_preset(full=6_000, quick=1_000),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q4_dropout_theory.py"


rule eecs182_hw5_q4_dropout_theory_figures:
    """Test error over units and means; one table."""
    input:
        metrics="results/eecs182_hw5/q4_dropout_theory/metrics.json",
        arrays="results/eecs182_hw5/q4_dropout_theory/arrays.npz",
        modules=modules_of("eecs182_hw5/q4_dropout_theory_figures"),
    output:
        scales="results/eecs182_hw5/q4_dropout_theory/figures/scales.svg",
        trained="results/eecs182_hw5/q4_dropout_theory/tables/trained.md",
    log:
        "results/logs/eecs182_hw5/q4_dropout_theory_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q4_dropout_theory_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q4_dropout_theory_figures.py"


rule eecs182_hw5_q7_process:
    """Sources, people and hours, from the configuration."""
    input:
        modules=modules_of("eecs182_hw5/q7_process"),
    output:
        metrics="results/eecs182_hw5/q7_process/metrics.json",
        checks="results/eecs182_hw5/q7_process/checks.json",
    log:
        "results/logs/eecs182_hw5/q7_process.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q7_process.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=5,
    params:
        sources=config["eecs182_hw5"]["q7_sources"],
        people=config["eecs182_hw5"]["q7_people"],
        hours=config["eecs182_hw5"]["q7_hours"],
        acknowledgements=config["acknowledgements"].get("eecs182_hw5", {}),
    script:
        "../scripts/eecs182_hw5/q7_process.py"


rule eecs182_hw5_q8_multiplicative:
    """The mean loss under three kinds of noise, and every option."""
    input:
        modules=modules_of("eecs182_hw5/q8_multiplicative"),
    output:
        metrics="results/eecs182_hw5/q8_multiplicative/metrics.json",
        checks="results/eecs182_hw5/q8_multiplicative/checks.json",
        arrays="results/eecs182_hw5/q8_multiplicative/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q8_multiplicative.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q8_multiplicative.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        samples=by_preset(full=50_000, quick=5_000),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q8_multiplicative.py"


rule eecs182_hw5_q8_multiplicative_figures:
    """The mean loss over the variance, the options."""
    input:
        metrics="results/eecs182_hw5/q8_multiplicative/metrics.json",
        arrays="results/eecs182_hw5/q8_multiplicative/arrays.npz",
        modules=modules_of("eecs182_hw5/q8_multiplicative_figures"),
    output:
        options="results/eecs182_hw5/q8_multiplicative/figures/options.svg",
    log:
        "results/logs/eecs182_hw5/q8_multiplicative_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q8_multiplicative_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q8_multiplicative_figures.py"


rule eecs182_hw5_q9_batchnorm_exam:
    """Large batches through batch norm, on the line and in the plane."""
    input:
        modules=modules_of("eecs182_hw5/q9_batchnorm_exam"),
    output:
        metrics="results/eecs182_hw5/q9_batchnorm_exam/metrics.json",
        checks="results/eecs182_hw5/q9_batchnorm_exam/checks.json",
        arrays="results/eecs182_hw5/q9_batchnorm_exam/arrays.npz",
    log:
        "results/logs/eecs182_hw5/q9_batchnorm_exam.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q9_batchnorm_exam.tsv"
    conda:
        "../../envs/compute.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        batch=by_preset(full=200_000, quick=20_000),
        seed=config["seeds"][0],
    script:
        "../scripts/eecs182_hw5/q9_batchnorm_exam.py"


rule eecs182_hw5_q9_batchnorm_exam_figures:
    """Both drawings."""
    input:
        metrics="results/eecs182_hw5/q9_batchnorm_exam/metrics.json",
        arrays="results/eecs182_hw5/q9_batchnorm_exam/arrays.npz",
        modules=modules_of("eecs182_hw5/q9_batchnorm_exam_figures"),
    output:
        line="results/eecs182_hw5/q9_batchnorm_exam/figures/line.svg",
        plane="results/eecs182_hw5/q9_batchnorm_exam/figures/plane.svg",
    log:
        "results/logs/eecs182_hw5/q9_batchnorm_exam_figures.log",
    benchmark:
        "results/benchmarks/eecs182_hw5/q9_batchnorm_exam_figures.tsv"
    localrule: True
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=5,
    script:
        "../scripts/eecs182_hw5/q9_batchnorm_exam_figures.py"
