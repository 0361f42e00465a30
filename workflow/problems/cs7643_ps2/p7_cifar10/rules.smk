# Problem 7: the trainings, then what is said about them.
P7 = "results/cs7643_ps2/p7_cifar10"
P7_NETWORKS = ["two_layer", "vanilla_cnn", "own"]
P7_LOSSES = ["cross_entropy", "class_balanced", "focal"]
P7_CHOICES = ["none", "augmentation", "normalization", "muon"]


rule cs7643_ps2_p7_cifar10_numpy:
    """Part 1: the NumPy ConvNet on 50 images, and on all of them once."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.cs7643_ps2.p7_cifar10.train_numpy"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/numpy.json",
        arrays="results/cs7643_ps2/p7_cifar10/runs/numpy.npz",
    log:
        log_of("cs7643_ps2/p7_cifar10/numpy"),
    benchmark:
        benchmark_of("cs7643_ps2/p7_cifar10/numpy")
    conda:
        env("compute")
    resources:
        **needs(mem_mb=4000, runtime=20),
    params:
        function="problems.cs7643_ps2.p7_cifar10.train_numpy:train_both",
        images=by_preset(full=None, quick=1000),
        measured=by_preset(full=None, quick=1000),
        checked=by_preset(full=40, quick=5),
        seed=config["seeds"][0],
    script:
        "../../../scripts/train.py"


rule cs7643_ps2_p7_cifar10_train:
    """Part 2: one network on all training images."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.cs7643_ps2.p7_cifar10.train"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/{network}.json",
        arrays="results/cs7643_ps2/p7_cifar10/runs/{network}.npz",
    log:
        log_of("cs7643_ps2/p7_cifar10/{network}"),
    benchmark:
        benchmark_of("cs7643_ps2/p7_cifar10/{network}")
    wildcard_constraints:
        network="|".join(P7_NETWORKS),
    priority: LONG
    conda:
        env("compute")
    # The others are small: two of them side by side take less time than one after the other.
    threads: lambda wildcards: 2 if wildcards.network == "own" else 1
    resources:
        **needs(mem_mb=5000, runtime=40, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        # None: as planned.
        function="problems.cs7643_ps2.p7_cifar10.train:train",
        epochs=by_preset(full=None, quick=1),
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
        measured=by_preset(full=None, quick=1000),
    script:
        "../../../scripts/train.py"


rule cs7643_ps2_p7_cifar10_ablation:
    """Part 2: our own design without one of its choices, on a few of the images."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.cs7643_ps2.p7_cifar10.train"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/without-{choice}.json",
    log:
        log_of("cs7643_ps2/p7_cifar10/without-{choice}"),
    benchmark:
        benchmark_of("cs7643_ps2/p7_cifar10/without-{choice}")
    wildcard_constraints:
        choice="|".join(P7_CHOICES),
    priority: LONG
    conda:
        env("compute")
    resources:
        **needs(mem_mb=4000, runtime=20, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.cs7643_ps2.p7_cifar10.train:train_without",
        epochs=by_preset(full=None, quick=1),
        seed=config["seeds"][0],
        images=by_preset(full=4000, quick=600),
        measured=by_preset(full=None, quick=600),
    script:
        "../../../scripts/train.py"


rule cs7643_ps2_p7_cifar10_long_tail:
    """Extra credit: ResNet-32 on long-tailed data with one loss."""
    input:
        **data_of("cifar10"),
        modules=modules_called("problems.cs7643_ps2.p7_cifar10.train"),
    output:
        metrics="results/cs7643_ps2/p7_cifar10/runs/{loss}.json",
    log:
        log_of("cs7643_ps2/p7_cifar10/{loss}"),
    benchmark:
        benchmark_of("cs7643_ps2/p7_cifar10/{loss}")
    wildcard_constraints:
        loss="|".join(P7_LOSSES),
    priority: LONG
    conda:
        env("compute")
    resources:
        **needs(mem_mb=5000, runtime=30, gpu=GPUS_PER_TRAINING),
    params:
        **TRAINING,
        function="problems.cs7643_ps2.p7_cifar10.train:train_long_tail",
        epochs=by_preset(full=None, quick=1),
        seed=config["seeds"][0],
        images=by_preset(full=None, quick=1000),
        measured=by_preset(full=None, quick=1000),
    script:
        "../../../scripts/train.py"


# All runs beside each other; where our own design errs.
SOLVE["cs7643_ps2/p7_cifar10"] = dict(
    outputs=["arrays.npz", "listing.txt"],
    inputs=dict(
        **{
            name: f"{P7}/runs/{name}.json"
            for name in ["numpy", *P7_NETWORKS, *P7_LOSSES]
        },
        numpy_arrays=f"{P7}/runs/numpy.npz",
        own_arrays=f"{P7}/runs/own.npz",
        ablation=[f"{P7}/runs/without-{choice}.json" for choice in P7_CHOICES],
    ),
    mem_mb=3000,
)
