# Gradient check of the NumPy library, and its training on MNIST.
SOLVE["dl_hw1/p6_mytorch"] = dict(
    params=dict(
        # None: all of them.
        images=by_preset(full=None, quick=3000),
        epochs=by_preset(full=3, quick=1),
        checked_entries=by_preset(full=None, quick=60),
        sweep_entries=by_preset(full=60, quick=10),
        seeds=config["seeds"],
    ),
    mem_mb=3000,
    runtime=15,
)
