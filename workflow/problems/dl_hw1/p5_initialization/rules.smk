# The eight networks of problem 5, in the order of its tables.
P5_ACTIVATIONS = ("tanh", "relu")
P5_METHODS = ("zero", "small_random", "xavier", "he")
P5_NETWORKS = [f"{a}-{method}" for a in P5_ACTIVATIONS for method in P5_METHODS]

# One activation, one initialization: statistics before training, then training, per seed.
TRAININGS["dl_hw1/p5_initialization"] = dict(
    run=dict(
        function="train:train",
        run="{activation}-{method}",
        data="mnist",
        wildcards=dict(activation=P5_ACTIVATIONS, method=P5_METHODS),
        params=dict(
            split="published",
            seeds=config["seeds"],
            epochs=by_preset(full=10, quick=1),
            images=by_preset(full=None, quick=3000),
        ),
    )
)

# All eight networks over their seeds, beside the predictions.
SOLVE["dl_hw1/p5_initialization"] = dict(
    inputs=runs_of("dl_hw1/p5_initialization", runs=P5_NETWORKS)
)
