P4 = "results/csci5527_hw3/p4_transfer"
# The strategies, in the order of the tables.
STRATEGIES = list(config["transfer"]["strategies"])


rule csci5527_hw3_p4_transfer_pretrain:
    """The weights for gray images; trained here on digits where none could be fetched."""
    input:
        **data_of("mnist"),
        weights="results/data/weights/weights.npz",
        modules=modules_called("problems.csci5527_hw3.p4_transfer.pretrain"),
    output:
        metrics=f"{P4}/pretrained.json",
        arrays=f"{P4}/pretrained.npz",
    log:
        log_of("csci5527_hw3/p4_transfer_pretrain"),
    benchmark:
        benchmark_of("csci5527_hw3/p4_transfer_pretrain")
    conda:
        env("compute")
    resources:
        **needs(mem_mb=3000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.csci5527_hw3.p4_transfer.pretrain:pretrain",
        images=by_preset(full=20_000, quick=400),
        epochs=by_preset(full=2, quick=1),
        seed=config["seeds"][0],
    script:
        "../../../scripts/train.py"


rule csci5527_hw3_p4_transfer_train:
    """One strategy: training, and its scores on validation and test images."""
    input:
        **data_of("chest_xray"),
        weights=f"{P4}/pretrained.npz",
        modules=modules_called("problems.csci5527_hw3.p4_transfer.train"),
    output:
        metrics=f"{P4}/runs/{{strategy}}.json",
        arrays=f"{P4}/runs/{{strategy}}.npz",
    log:
        log_of("csci5527_hw3/p4_transfer/{strategy}"),
    benchmark:
        benchmark_of("csci5527_hw3/p4_transfer/{strategy}")
    wildcard_constraints:
        strategy="|".join(STRATEGIES),
    priority: LONG
    conda:
        env("compute")
    # Two strategies side by side are faster than one on two threads.
    resources:
        **needs(mem_mb=4000, runtime=60, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.csci5527_hw3.p4_transfer.train:train",
        # None: those of the strategy, and all images.
        epochs=by_preset(full=None, quick=2),
        strategies=lambda wildcards: {
            wildcards.strategy: config["transfer"]["strategies"][wildcards.strategy]
        },
        side=by_preset(full=config["transfer"]["image_size"], quick=64),
        images=by_preset(full=None, quick=300),
        seed=config["seeds"][0],
    script:
        "../../../scripts/train.py"


# The strategies by validation, then once on the test images; thresholds, gap, Grad-CAM.
SOLVE["csci5527_hw3/p4_transfer"] = dict(
    inputs=dict(
        origin=f"{P4}/pretrained.json",
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
