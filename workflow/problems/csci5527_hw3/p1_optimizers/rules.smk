P1 = "results/csci5527_hw3/p1_optimizers"
HW3_OPTIMIZERS = ("adagrad", "rmsprop", "adam", "adamw")
HW3_TRAININGS = [
    f"{P1}/runs/{optimizer}-{implementation}-{seed}"
    for optimizer in HW3_OPTIMIZERS
    for implementation in ("ours", "builtin")
    for seed in by_preset(full=config["seeds"], quick=config["seeds"][:1])
]
HW3_TUNINGS = [f"{P1}/runs/{optimizer}-tuning.json" for optimizer in HW3_OPTIMIZERS]


rule csci5527_hw3_p1_optimizers_tune:
    """Choose one optimizer's hyperparameters on the validation images, in short trainings."""
    input:
        **data_of("mnist"),
        modules=modules_called("problems.csci5527_hw3.p1_optimizers.train"),
    output:
        metrics=f"{P1}/runs/{{optimizer}}-tuning.json",
    log:
        log_of("csci5527_hw3/p1_optimizers/{optimizer}-tuning"),
    benchmark:
        benchmark_of("csci5527_hw3/p1_optimizers/{optimizer}-tuning")
    wildcard_constraints:
        optimizer="|".join(HW3_OPTIMIZERS),
    conda:
        env("compute")
    resources:
        **needs(mem_mb=2000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.csci5527_hw3.p1_optimizers.train:tune",
        epochs=by_preset(full=2, quick=1),
        images=by_preset(full=20_000, quick=1000),
        seed=config["seeds"][0],
    script:
        "../../../scripts/train.py"


rule csci5527_hw3_p1_optimizers_train:
    """One training: one optimizer, ours or PyTorch's, one seed."""
    input:
        **data_of("mnist"),
        tuning=f"{P1}/runs/{{optimizer}}-tuning.json",
        modules=modules_called("problems.csci5527_hw3.p1_optimizers.train"),
    output:
        metrics=f"{P1}/runs/{{optimizer}}-{{implementation}}-{{seed}}.json",
        arrays=f"{P1}/runs/{{optimizer}}-{{implementation}}-{{seed}}.npz",
    log:
        log_of("csci5527_hw3/p1_optimizers/{optimizer}-{implementation}-{seed}"),
    benchmark:
        benchmark_of("csci5527_hw3/p1_optimizers/{optimizer}-{implementation}-{seed}")
    wildcard_constraints:
        optimizer="|".join(HW3_OPTIMIZERS),
        implementation="ours|builtin",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=2000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.csci5527_hw3.p1_optimizers.train:train",
        seed=lambda wildcards: int(wildcards.seed),
        epochs=by_preset(full=5, quick=2),
        images=by_preset(full=None, quick=1500),
    script:
        "../../../scripts/train.py"


# Four optimizers, ours beside PyTorch's, over the seeds.
SOLVE["csci5527_hw3/p1_optimizers"] = dict(
    inputs=dict(
        tuning=HW3_TUNINGS,
        runs=[f"{training}.json" for training in HW3_TRAININGS],
        runs_arrays=[f"{training}.npz" for training in HW3_TRAININGS],
    ),
    params=dict(steps=by_preset(full=2000, quick=400)),
)


FIGURE_INPUTS["csci5527_hw3/p1_optimizers"] = dict(tuning=HW3_TUNINGS)
