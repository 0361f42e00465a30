rule dl_hw1_p4_bloodmnist_train:
    """Train the perceptron of the text (`mlp`) or the convolutional reference (`cnn`)."""
    input:
        **data_of("bloodmnist"),
        modules=modules_called("problems.dl_hw1.p4_bloodmnist.train"),
    output:
        metrics="results/dl_hw1/p4_bloodmnist/runs/{network}.json",
        arrays="results/dl_hw1/p4_bloodmnist/runs/{network}.npz",
    log:
        log_of("dl_hw1/p4_bloodmnist/{network}"),
    benchmark:
        benchmark_of("dl_hw1/p4_bloodmnist/{network}")
    wildcard_constraints:
        network="mlp|cnn",
    conda:
        env("compute")
    resources:
        **needs(mem_mb=3000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.dl_hw1.p4_bloodmnist.train:train",
        # None: those of the recipe.
        epochs=by_preset(full=None, quick=2),
        # Every n-th training image.
        every=by_preset(full=1, quick=3),
        seed=config["seeds"][0],
    script:
        "../../../scripts/train.py"


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
