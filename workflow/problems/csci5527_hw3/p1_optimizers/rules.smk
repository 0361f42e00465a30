P1 = "results/csci5527_hw3/p1_optimizers"
HW3_OPTIMIZERS = ("adagrad", "rmsprop", "adam", "adamw")
HW3_SEEDS = by_preset(full=config["seeds"], quick=config["seeds"][:1])
HW3_TRAININGS = [
    f"{P1}/runs/{optimizer}-ours-{seed}"
    for optimizer in HW3_OPTIMIZERS
    for seed in HW3_SEEDS
]
HW3_TUNINGS = [f"{P1}/runs/{optimizer}-tuning" for optimizer in HW3_OPTIMIZERS]

TRAININGS["csci5527_hw3/p1_optimizers"] = dict(
    # One optimizer's hyperparameters by the validation images, in short trainings, and
    # then PyTorch's optimizer with the same.
    tune=dict(
        function="beside_builtin:tune_beside_builtin",
        run="{optimizer}-tuning",
        data="mnist",
        wildcards=dict(optimizer=HW3_OPTIMIZERS),
        params=dict(
            epochs=by_preset(full=2, quick=1),
            images=by_preset(full=20_000, quick=1000),
        ),
    ),
    # One of our optimizers, one seed.
    train=dict(
        function="train:train",
        run="{optimizer}-ours-{seed}",
        data="mnist",
        wildcards=dict(optimizer=HW3_OPTIMIZERS, seed=HW3_SEEDS),
        inputs=dict(tuning=f"{P1}/runs/{{optimizer}}-tuning.json"),
        params=dict(
            seed=seed_of,
            epochs=by_preset(full=7, quick=2),
            images=by_preset(full=None, quick=1500),
        ),
    ),
)

# Four optimizers over the seeds, and ours beside PyTorch's.
SOLVE["csci5527_hw3/p1_optimizers"] = dict(
    inputs=dict(
        tuning=[f"{tuning}.json" for tuning in HW3_TUNINGS],
        tuning_arrays=[f"{tuning}.npz" for tuning in HW3_TUNINGS],
        runs=[f"{training}.json" for training in HW3_TRAININGS],
        runs_arrays=[f"{training}.npz" for training in HW3_TRAININGS],
    ),
    params=dict(steps=by_preset(full=2000, quick=400)),
)

FIGURE_INPUTS["csci5527_hw3/p1_optimizers"] = dict(
    tuning=[f"{tuning}.json" for tuning in HW3_TUNINGS]
)
