HW3_OPTIMIZERS = ("adagrad", "rmsprop", "adam", "adamw")
HW3_SEEDS = by_preset(full=config["seeds"], quick=config["seeds"][:1])
HW3_P1_RUNS = runs_of(
    "csci5527_hw3/p1_optimizers",
    tuning=[f"{name}-tuning" for name in HW3_OPTIMIZERS],
    runs=[f"{name}-ours-{seed}" for name in HW3_OPTIMIZERS for seed in HW3_SEEDS],
)

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
        inputs=dict(
            tuning="results/csci5527_hw3/p1_optimizers/runs/{optimizer}-tuning.json"
        ),
        params=dict(
            seed=seed_of,
            epochs=by_preset(full=7, quick=2),
            images=by_preset(full=None, quick=1500),
        ),
    ),
)

# Four optimizers over the seeds, and ours beside PyTorch's.
SOLVE["csci5527_hw3/p1_optimizers"] = dict(
    inputs=HW3_P1_RUNS,
    params=dict(steps=by_preset(full=2000, quick=400)),
)

FIGURE_INPUTS["csci5527_hw3/p1_optimizers"] = dict(tuning=HW3_P1_RUNS["tuning"])
