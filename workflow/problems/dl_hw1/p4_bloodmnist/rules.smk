# The perceptron of the text (`mlp`), and the convolutional reference (`cnn`).
TRAININGS["dl_hw1/p4_bloodmnist"] = dict(
    train=dict(
        function="train:train",
        run="{network}",
        data="bloodmnist",
        wildcards=dict(network="mlp|cnn"),
        params=dict(
            # None: those of the recipe.
            epochs=by_preset(full=None, quick=2),
            # Every n-th training image.
            every=by_preset(full=1, quick=3),
        ),
    )
)

# Both networks on the test images: confusions, confidence, calibration.
SOLVE["dl_hw1/p4_bloodmnist"] = dict(
    inputs=dict(
        mlp="results/dl_hw1/p4_bloodmnist/runs/mlp.json",
        mlp_arrays="results/dl_hw1/p4_bloodmnist/runs/mlp.npz",
        cnn="results/dl_hw1/p4_bloodmnist/runs/cnn.json",
        cnn_arrays="results/dl_hw1/p4_bloodmnist/runs/cnn.npz",
    ),
    mem_mb=3000,
)
