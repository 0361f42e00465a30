rule eecs182_hw5_q5_dropout_train:
    """One network on images that have their class in a corner, with dropout of `rate` per cent."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.eecs182_hw5.q5_dropout.train"),
    output:
        metrics="results/eecs182_hw5/q5_dropout/runs/rate_{rate}.json",
        arrays="results/eecs182_hw5/q5_dropout/runs/rate_{rate}.npz",
    log:
        log_of("eecs182_hw5/q5_dropout/rate_{rate}"),
    benchmark:
        benchmark_of("eecs182_hw5/q5_dropout/rate_{rate}")
    wildcard_constraints:
        rate=r"\d+",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=3000, runtime=30, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.eecs182_hw5.q5_dropout.train:train",
        split="published",
        rate=lambda wildcards: int(wildcards.rate) / 100,
        seed=config["seeds"][0],
        # None: all of them.
        images=by_preset(full=None, quick=2000),
        measured=by_preset(full=None, quick=1000),
        epochs=by_preset(full=10, quick=1),
    script:
        "../../../scripts/train.py"


# One point under dropout, in closed form and trained; the networks that may cheat.
SOLVE["eecs182_hw5/q5_dropout"] = dict(
    inputs=dict(
        rate_0="results/eecs182_hw5/q5_dropout/runs/rate_0.json",
        rate_0_arrays="results/eecs182_hw5/q5_dropout/runs/rate_0.npz",
        rate_075="results/eecs182_hw5/q5_dropout/runs/rate_75.json",
        rate_075_arrays="results/eecs182_hw5/q5_dropout/runs/rate_75.npz",
    ),
    params=dict(
        # Of the sweep; in fewer, Adam is not there yet and the text would not be true.
        steps=10_000
    ),
)
