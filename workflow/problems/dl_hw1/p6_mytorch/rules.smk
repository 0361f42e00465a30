# The perceptron of the NumPy library on MNIST, from both initializations and by our own recipe.
P6_TRAINING = dict(
    data="mnist",
    on_device=False,
    mem_mb=2000,
    runtime=10,
)
P6_PARAMS = dict(
    split="published",
    seed=seed_of,
    images=by_preset(full=None, quick=3000),
    epochs=by_preset(full=3, quick=1),
)
TRAININGS["dl_hw1/p6_mytorch"] = dict(
    train=dict(
        function="train:train",
        run="{init}-{seed}",
        wildcards=dict(init=("xavier", "he"), seed=config["seeds"]),
        params=P6_PARAMS,
        **P6_TRAINING,
    ),
    tuned=dict(
        function="train:train_tuned",
        run="tuned-{seed}",
        wildcards=dict(seed=config["seeds"]),
        params=P6_PARAMS,
        **P6_TRAINING,
    ),
)

# The gradient check, and the trainings from both initializations.
SOLVE["dl_hw1/p6_mytorch"] = dict(
    inputs=dict(
        **{
            recipe: expand(
                f"results/dl_hw1/p6_mytorch/runs/{recipe}-{{seed}}.json",
                seed=config["seeds"],
            )
            for recipe in ("xavier", "he", "tuned")
        },
        first=f"results/dl_hw1/p6_mytorch/runs/xavier-{config['seeds'][0]}.npz",
    ),
    params=dict(
        images=by_preset(full=None, quick=3000),
        # Entries of each parameter in the check of its gradient; None: all of them.
        checked=by_preset(full=None, quick=200),
        seeds=config["seeds"],
    ),
    mem_mb=3000,
    runtime=15,
)
