# The perceptron of the text (`mlp`), the same by a better recipe, and a convolutional reference.
TRAININGS["dl_hw1/p4_bloodmnist"] = dict(
    train=dict(
        function="train:train",
        run="{network}-{seed}",
        data="bloodmnist",
        wildcards=dict(network=("mlp", "better", "cnn"), seed=config["seeds"]),
        params=dict(
            seed=seed_of,
            # None: those of the recipe.
            epochs=by_preset(full=None, quick=2),
            # Every n-th training image.
            every=by_preset(full=1, quick=3),
        ),
    )
)

# The networks on the test images: confusions, confidence, calibration. The first run is looked at
# closely; of the perceptron's other seeds the accuracy is enough.
P4_RUNS = "results/dl_hw1/p4_bloodmnist/runs"
SOLVE["dl_hw1/p4_bloodmnist"] = dict(
    inputs={
        f"{network}{suffix}": expand(
            f"{P4_RUNS}/{network}-{{seed}}.{ending}", seed=seeds
        )
        for network, seeds in (
            ("mlp", config["seeds"]),
            ("better", config["seeds"]),
            ("cnn", config["seeds"][:1]),
        )
        for suffix, ending in (("", "json"), ("_arrays", "npz"))
    },
    mem_mb=3000,
)
