# The strategies, in the order of the tables; the best one is trained with the other seeds, too.
STRATEGIES = list(config["transfer"]["strategies"])
BEST_SEEDS = by_preset(full=config["seeds"][1:], quick=[])
HW3_P4_RUNS = runs_of(
    "csci5527_hw3/p4_transfer",
    pretrained="pretrained",
    runs=STRATEGIES,
    best=[f"best-{seed}" for seed in BEST_SEEDS],
)
FINE_TUNING = dict(
    # None: those of the strategy, and all images.
    epochs=by_preset(full=None, quick=2),
    images=by_preset(full=None, quick=300),
    side=by_preset(full=config["transfer"]["image_size"], quick=64),
)

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
        inputs=dict(weights=HW3_P4_RUNS["pretrained_arrays"]),
        params=FINE_TUNING
        | dict(
            strategies=lambda wildcards: {
                wildcards.strategy: config["transfer"]["strategies"][wildcards.strategy]
            },
        ),
        mem_mb=4000,
        runtime=60,
    ),
    # The strategy that is best by validation, with another seed.
    train_best=dict(
        function="train:train_best",
        run="best-{seed}",
        data="chest_xray",
        wildcards=dict(seed=config["seeds"]),
        priority=LONG,
        inputs=dict(weights=HW3_P4_RUNS["pretrained_arrays"], runs=HW3_P4_RUNS["runs"]),
        params=FINE_TUNING
        | dict(seed=seed_of, strategies=config["transfer"]["strategies"]),
        mem_mb=4000,
        runtime=60,
    ),
)

# The strategies by validation, then once on the test images; Grad-CAM.
SOLVE["csci5527_hw3/p4_transfer"] = dict(
    inputs=HW3_P4_RUNS,
    params=dict(strategies=STRATEGIES, side=FINE_TUNING["side"]),
)

FIGURE_INPUTS["csci5527_hw3/p4_transfer"] = dict(
    train="results/data/chest_xray/train.npz"
)
