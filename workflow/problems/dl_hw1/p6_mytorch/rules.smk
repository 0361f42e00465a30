rule dl_hw1_p6_mytorch_train:
    """Train the perceptron of the NumPy library on MNIST, from one initialization and seed."""
    input:
        **data_of("mnist"),
        modules=modules_called("problems.dl_hw1.p6_mytorch.train"),
    output:
        metrics="results/dl_hw1/p6_mytorch/runs/{init}-{seed}.json",
        arrays="results/dl_hw1/p6_mytorch/runs/{init}-{seed}.npz",
    log:
        log_of("dl_hw1/p6_mytorch/{init}-{seed}"),
    benchmark:
        benchmark_of("dl_hw1/p6_mytorch/{init}-{seed}")
    wildcard_constraints:
        init="xavier|he",
        seed=r"\d+",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=2000, runtime=10),
    params:
        function="problems.dl_hw1.p6_mytorch.train:train",
        split="published",
        seed=lambda wildcards: int(wildcards.seed),
        images=by_preset(full=None, quick=3000),
        epochs=by_preset(full=3, quick=1),
    script:
        "../../../scripts/train.py"


# The gradient check, and the trainings from both initializations.
SOLVE["dl_hw1/p6_mytorch"] = dict(
    inputs=dict(
        runs=expand(
            "results/dl_hw1/p6_mytorch/runs/{init}-{seed}.json",
            init=("xavier", "he"),
            seed=config["seeds"],
        ),
        first=f"results/dl_hw1/p6_mytorch/runs/xavier-{config['seeds'][0]}.npz",
    ),
    params=dict(images=by_preset(full=None, quick=3000), seeds=config["seeds"]),
    mem_mb=3000,
    runtime=15,
)
