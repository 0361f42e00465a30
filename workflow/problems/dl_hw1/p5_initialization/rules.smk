# The eight networks of problem 5, in the order of its tables.
P5_NETWORKS = [
    f"results/dl_hw1/p5_initialization/runs/{activation}-{method}"
    for activation in ("tanh", "relu")
    for method in ("zero", "small_random", "xavier", "he")
]


rule dl_hw1_p5_initialization_run:
    """One activation, one initialization: statistics before training, then training, per seed."""
    input:
        **data_of("mnist"),
        modules=modules_called("problems.dl_hw1.p5_initialization.train"),
    output:
        metrics="results/dl_hw1/p5_initialization/runs/{activation}-{method}.json",
        arrays="results/dl_hw1/p5_initialization/runs/{activation}-{method}.npz",
    log:
        log_of("dl_hw1/p5_initialization/{activation}-{method}"),
    benchmark:
        benchmark_of("dl_hw1/p5_initialization/{activation}-{method}")
    wildcard_constraints:
        activation="tanh|relu",
        method="zero|small_random|xavier|he",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=2000, runtime=30, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.dl_hw1.p5_initialization.train:train",
        split="published",
        seeds=config["seeds"],
        epochs=by_preset(full=10, quick=1),
        images=by_preset(full=None, quick=3000),
    script:
        "../../../scripts/train.py"


# All eight networks over their seeds, beside the predictions.
SOLVE["dl_hw1/p5_initialization"] = dict(
    inputs=dict(
        runs=[f"{network}.json" for network in P5_NETWORKS],
        runs_arrays=[f"{network}.npz" for network in P5_NETWORKS],
    )
)
