# The perceptron of the NumPy library on MNIST, from both initializations.
TRAININGS["dl_hw1/p6_mytorch"] = dict(
    train=dict(
        function="train:train",
        run="{init}-{seed}",
        data="mnist",
        wildcards=dict(init="xavier|he"),
        on_device=False,
        params=dict(
            split="published",
            seed=seed_of,
            images=by_preset(full=None, quick=3000),
            epochs=by_preset(full=3, quick=1),
        ),
        mem_mb=2000,
        runtime=10,
    )
)

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
