P7_NETWORKS = ["two_layer", "vanilla_cnn", "own"]
P7_LOSSES = ["cross_entropy", "class_balanced", "focal"]
P7_CHOICES = ["none", "augmentation", "normalization", "muon"]
# None: all images, and the epochs that are planned. No sentence has the numbers of the quick
# preset, or it would be taken for a result that was typed by hand.
P7_SIZES = dict(
    images=by_preset(full=None, quick=509), measured=by_preset(full=None, quick=397)
)
P7_EPOCHS = dict(epochs=by_preset(full=None, quick=1))

TRAININGS["cs7643_ps2/p7_cifar10"] = dict(
    # Part 1: the NumPy ConvNet on 50 images, and on all of them once.
    numpy=dict(
        function="train_numpy:train_both",
        run="numpy",
        data="cifar10",
        on_device=False,
        params=dict(**P7_SIZES, checked=by_preset(full=40, quick=5)),
        mem_mb=4000,
    ),
    # Part 2: one network on all training images. On many cores everything waits for our own design,
    # the longest training of all, so these trainings get a quarter of the cores.
    train=dict(
        function="train:train",
        run="{network}",
        data="cifar10",
        wildcards=dict(network=P7_NETWORKS),
        priority=LONG,
        threads=max((workflow.resource_settings.cores or 1) // 4, 1),
        params=P7_SIZES | P7_EPOCHS,
        mem_mb=5000,
        runtime=40,
    ),
    # Part 2: our own design without one of its choices, on a few of the images.
    ablation=dict(
        function="train:train_without",
        run="without-{choice}",
        data="cifar10",
        wildcards=dict(choice=P7_CHOICES),
        priority=LONG,
        params=P7_EPOCHS
        | dict(
            images=by_preset(full=2000, quick=253),
            measured=by_preset(full=None, quick=211),
        ),
        mem_mb=4000,
    ),
    # Extra credit: ResNet-32 on long-tailed data with one loss.
    long_tail=dict(
        function="train:train_long_tail",
        run="{loss}",
        data="cifar10",
        wildcards=dict(loss=P7_LOSSES),
        priority=LONG,
        params=P7_SIZES | P7_EPOCHS,
        mem_mb=5000,
    ),
)

# All runs beside each other; where our own design errs.
SOLVE["cs7643_ps2/p7_cifar10"] = dict(
    outputs=["arrays.npz", "listing.txt"],
    inputs=runs_of(
        "cs7643_ps2/p7_cifar10",
        **{name: name for name in ["numpy", *P7_NETWORKS, *P7_LOSSES]},
        ablation=[f"without-{choice}" for choice in P7_CHOICES],
    ),
)

# The report lists the layers that the notebook of part 1 defines.
FIGURE_INPUTS["cs7643_ps2/p7_cifar10"] = dict(
    part_1="workflow/problems/cs7643_ps2/p7_cifar10/notebook_part_1.py"
)
