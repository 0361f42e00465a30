# The perceptron of the text (`mlp`), the same by a better recipe, and a convolutional reference.
# Epochs: None are those of the recipe. Every n-th training image is used.
TRAININGS["dl_hw1/p4_bloodmnist"] = dict(
    train=dict(
        function="train:train",
        run="{network}-{seed}",
        data="bloodmnist",
        wildcards=dict(network=("mlp", "better"), seed=config["seeds"]),
        params=dict(
            seed=seed_of,
            epochs=by_preset(full=None, quick=2),
            every=by_preset(full=1, quick=3),
        ),
    ),
    reference=dict(
        function="reference:train",
        run="cnn-{seed}",
        data="bloodmnist",
        wildcards=dict(seed=config["seeds"]),
        params=dict(
            seed=seed_of,
            epochs=by_preset(full=None, quick=1),
            every=by_preset(full=1, quick=12),
        ),
    ),
)

# The networks on the test images: confusions, confidence, calibration. The first run is looked at
# closely; of the other seeds the accuracy is enough.
SOLVE["dl_hw1/p4_bloodmnist"] = dict(
    inputs=runs_of(
        "dl_hw1/p4_bloodmnist",
        **{
            network: [f"{network}-{seed}" for seed in config["seeds"]]
            for network in ("mlp", "better", "cnn")
        },
    )
)
