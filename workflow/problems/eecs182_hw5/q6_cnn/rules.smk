Q6_RUNS = "results/eecs182_hw5/q6_cnn/runs"
# The candidates, keys of `designs.DESIGNS`.
Q6_DESIGNS = by_preset(
    full="muon_005 muon_010 muon_020 muon_040".split(),
    quick="muon_005 muon_010".split(),
)

# None: all images, and the epochs that are planned.
Q6_SIZES = dict(
    split="halves",
    epochs=by_preset(full=None, quick=1),
    images=by_preset(full=None, quick=503),
    measured=by_preset(full=None, quick=503),
)
TRAININGS["eecs182_hw5/q6_cnn"] = dict(
    # Batch norm, weight scales and dropout on 1,000 images, in NumPy; two backward passes timed.
    numpy=dict(
        function="train_numpy:train",
        run="numpy",
        data="cifar10",
        on_device=False,
        params=dict(
            images=by_preset(full=1_000, quick=211),
            scales=by_preset(full=20, quick=3),
            repetitions=by_preset(full=3, quick=2),
            dropout_repetitions=by_preset(full=10, quick=2),
            convnet_epochs=by_preset(full=8, quick=1),
            speed_repetitions=by_preset(full=200, quick=10),
        ),
    ),
    # One of the course's networks: plain, or with batch norm and dropout.
    given=dict(
        function="train:train_given",
        run="{network}",
        data=Q6_DATASET,
        wildcards=dict(network=("plain", "bn_dropout")),
        params=Q6_SIZES,
    ),
    # A short training of one candidate for the design of our own.
    trial=dict(
        function="train:train_trial",
        run="trial-{design}",
        data=Q6_DATASET,
        wildcards=dict(design=Q6_DESIGNS),
        priority=LONG,
        params=dict(
            split="halves",
            images=by_preset(full=10_000, quick=256),
            measured=by_preset(full=None, quick=256),
            epochs=by_preset(full=2, quick=1),
        ),
    ),
    # The best candidate, trained to the end.
    own=dict(
        function="train:train_own",
        run="own",
        data=Q6_DATASET,
        priority=LONG,
        inputs=dict(trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS]),
        params=Q6_SIZES,
        mem_mb=4000,
        runtime=40,
    ),
)

# The graph of batch norm, its checks, and all trainings beside each other.
SOLVE["eecs182_hw5/q6_cnn"] = dict(
    data=Q6_DATASET,
    inputs=dict(
        **{
            f"{run}{name}": f"{Q6_RUNS}/{run}.{suffix}"
            for run in ("numpy", "plain", "bn_dropout", "own")
            for name, suffix in (("", "json"), ("_arrays", "npz"))
        },
        trials=[f"{Q6_RUNS}/trial-{design}.json" for design in Q6_DESIGNS],
    ),
    outputs=["graph.json", "arrays.npz"],
    params=dict(dataset=Q6_DATASET),
)
