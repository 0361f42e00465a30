# Our own design is that of CS 7643 PS 2, problem 7. On CIFAR-10 its training there serves here, too,
# since it takes longer than any other: this question reads that run, also where the set is made
# alone. On CIFAR-100 the design is trained here.
Q6_OWN = dict(cifar10="cs7643_ps2/p7_cifar10", cifar100="eecs182_hw5/q6_cnn")[
    Q6_DATASET
]

# None: all images, and the epochs that are planned.
Q6_SIZES = dict(
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
            dropout_repetitions=by_preset(full=5, quick=2),
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
        params=Q6_SIZES | dict(split="halves"),
    ),
)
if Q6_DATASET == "cifar100":
    TRAININGS["eecs182_hw5/q6_cnn"]["own"] = dict(
        function="train:train_own",
        run="own",
        data=Q6_DATASET,
        priority=LONG,
        params=Q6_SIZES,
        mem_mb=5000,
        runtime=40,
    )

# The graph of batch norm, its checks, and all trainings beside each other.
SOLVE["eecs182_hw5/q6_cnn"] = dict(
    data=Q6_DATASET,
    inputs=runs_of(
        "eecs182_hw5/q6_cnn", numpy="numpy", plain="plain", bn_dropout="bn_dropout"
    )
    | runs_of(Q6_OWN, own="own"),
    outputs=["graph.json", "arrays.npz"],
    params=dict(dataset=Q6_DATASET),
)
