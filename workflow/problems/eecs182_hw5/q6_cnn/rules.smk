Q6_RUNS = "results/eecs182_hw5/q6_cnn/runs"
# The candidates, keys of `designs.DESIGNS`.
Q6_DESIGNS = by_preset(
    full="base slow fast large_batch muon fast_muon even sharp unaugmented".split(),
    quick="base fast_muon unaugmented".split(),
)


rule eecs182_hw5_q6_cnn_numpy:
    """Batch norm, weight scales and dropout on 1,000 images, in NumPy; two backward passes timed."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.eecs182_hw5.q6_cnn.train_numpy"),
    output:
        metrics=f"{Q6_RUNS}/numpy.json",
        arrays=f"{Q6_RUNS}/numpy.npz",
    log:
        log_of("eecs182_hw5/q6_cnn/numpy"),
    benchmark:
        benchmark_of("eecs182_hw5/q6_cnn/numpy")
    conda:
        env("compute")
    resources:
        **needs(mem_mb=2000, runtime=20),
    params:
        function="problems.eecs182_hw5.q6_cnn.train_numpy:train",
        seed=config["seeds"][0],
        images=by_preset(full=1_000, quick=300),
        scales=by_preset(full=20, quick=5),
        repetitions=by_preset(full=3, quick=2),
        dropout_repetitions=by_preset(full=10, quick=2),
        convnet_epochs=by_preset(full=8, quick=1),
        speed_repetitions=by_preset(full=200, quick=10),
    script:
        "../../../scripts/train.py"


rule eecs182_hw5_q6_cnn_given:
    """One of the course's networks: plain, or with batch norm and dropout."""
    input:
        **data_of(Q6_DATASET),
        modules=modules_called("problems.eecs182_hw5.q6_cnn.train"),
    output:
        metrics=f"{Q6_RUNS}/{{network}}.json",
        arrays=f"{Q6_RUNS}/{{network}}.npz",
    log:
        log_of("eecs182_hw5/q6_cnn/{network}"),
    benchmark:
        benchmark_of("eecs182_hw5/q6_cnn/{network}")
    wildcard_constraints:
        network="plain|bn_dropout",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=3000, runtime=30, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        # None: as planned.
        function="problems.eecs182_hw5.q6_cnn.train:train_given",
        split="halves",
        epochs=by_preset(full=None, quick=1),
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
        measured=by_preset(full=None, quick=1000),
    script:
        "../../../scripts/train.py"


rule eecs182_hw5_q6_cnn_trial:
    """A short training of one candidate for the design of our own."""
    input:
        **data_of(Q6_DATASET),
        modules=modules_called("problems.eecs182_hw5.q6_cnn.train"),
    output:
        metrics=f"{Q6_RUNS}/trial-{{design}}.json",
    log:
        log_of("eecs182_hw5/q6_cnn/trial-{design}"),
    benchmark:
        benchmark_of("eecs182_hw5/q6_cnn/trial-{design}")
    wildcard_constraints:
        design="|".join(Q6_DESIGNS),
    priority: LONG
    conda:
        env("compute")
    resources:
        **needs(mem_mb=3000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.eecs182_hw5.q6_cnn.train:train_trial",
        split="halves",
        seed=config["seeds"][0],
        images=by_preset(full=6_000, quick=256),
        measured=by_preset(full=None, quick=256),
        epochs=by_preset(full=2, quick=1),
    script:
        "../../../scripts/train.py"


rule eecs182_hw5_q6_cnn_own:
    """The best candidate, trained to the end."""
    input:
        **data_of(Q6_DATASET),
        trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS],
        modules=modules_called("problems.eecs182_hw5.q6_cnn.train"),
    output:
        metrics=f"{Q6_RUNS}/own.json",
        arrays=f"{Q6_RUNS}/own.npz",
    log:
        log_of("eecs182_hw5/q6_cnn/own"),
    benchmark:
        benchmark_of("eecs182_hw5/q6_cnn/own")
    priority: LONG
    conda:
        env("compute")
    resources:
        **needs(mem_mb=4000, runtime=40, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.eecs182_hw5.q6_cnn.train:train_own",
        split="halves",
        epochs=by_preset(full=None, quick=1),
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
        measured=by_preset(full=None, quick=1000),
    script:
        "../../../scripts/train.py"


# The graph of batch norm, its checks, and all trainings beside each other.
SOLVE["eecs182_hw5/q6_cnn"] = dict(
    data=Q6_DATASET,
    inputs=dict(
        **{
            f"{run}{name}": f"{Q6_RUNS}/{run}.{suffix}"
            for run in ("numpy", "plain", "bn_dropout", "own")
            for name, suffix in (("", "json"), ("_arrays", "npz"))
        },
        trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS],
    ),
    outputs=["graph.json", "arrays.npz"],
    params=dict(dataset=Q6_DATASET),
)
