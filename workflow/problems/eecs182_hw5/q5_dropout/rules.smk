# One network on images that have their class in a corner, with dropout of `rate` per cent.
TRAININGS["eecs182_hw5/q5_dropout"] = dict(
    train=dict(
        function="train:train",
        run="rate_{rate}",
        data="cifar10",
        wildcards=dict(rate=(0, 75)),
        params=dict(
            split="published",
            rate=lambda wildcards: int(wildcards.rate) / 100,
            # None: all of them.
            images=by_preset(full=None, quick=1009),
            measured=by_preset(full=None, quick=503),
            epochs=by_preset(full=10, quick=1),
        ),
    )
)

# One point under dropout, in closed form and trained; the networks that may cheat.
SOLVE["eecs182_hw5/q5_dropout"] = dict(
    inputs=runs_of("eecs182_hw5/q5_dropout", rate_0="rate_0", rate_075="rate_75"),
    params=dict(
        # Of the sweep; in fewer, Adam is not there yet.
        steps=by_preset(full=10_000, quick=1_013)
    ),
)
