P4 = "results/csci5527_hw3/p4_transfer"
# The strategies, in the order of the tables.
STRATEGIES = list(config["transfer"]["strategies"])

TRAININGS["csci5527_hw3/p4_transfer"] = dict(
    # The weights for gray images; trained here on digits where none could be fetched.
    pretrain=dict(
        function="pretrain:pretrain",
        run="pretrained",
        data="mnist",
        inputs=dict(weights="results/data/weights/weights.npz"),
        params=dict(
            images=by_preset(full=20_000, quick=400),
            epochs=by_preset(full=2, quick=1),
        ),
    ),
    # One strategy: training, and its scores on validation and test images. Two strategies side by
    # side are faster than one on two threads.
    train=dict(
        function="train:train",
        run="{strategy}",
        data="chest_xray",
        wildcards=dict(strategy=STRATEGIES),
        priority=LONG,
        inputs=dict(weights=f"{P4}/runs/pretrained.npz"),
        params=dict(
            # None: those of the strategy, and all images.
            epochs=by_preset(full=None, quick=2),
            strategies=lambda wildcards: {
                wildcards.strategy: config["transfer"]["strategies"][wildcards.strategy]
            },
            side=by_preset(full=config["transfer"]["image_size"], quick=64),
            images=by_preset(full=None, quick=300),
        ),
        mem_mb=4000,
        runtime=60,
    ),
)

# The strategies by validation, then once on the test images; Grad-CAM.
SOLVE["csci5527_hw3/p4_transfer"] = dict(
    inputs=dict(
        origin=f"{P4}/runs/pretrained.json",
        runs=[f"{P4}/runs/{name}.json" for name in STRATEGIES],
        runs_arrays=[f"{P4}/runs/{name}.npz" for name in STRATEGIES],
    ),
    params=dict(
        strategies=STRATEGIES,
        side=by_preset(full=config["transfer"]["image_size"], quick=64),
    ),
    mem_mb=3000,
    runtime=15,
)

FIGURE_INPUTS["csci5527_hw3/p4_transfer"] = dict(
    train="results/data/chest_xray/train.npz"
)
