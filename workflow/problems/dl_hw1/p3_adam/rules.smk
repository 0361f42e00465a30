# Adam beside momentum: scale, first steps, rare and noisy gradients.
SOLVE["dl_hw1/p3_adam"] = dict(
    params=dict(
        steps=by_preset(full=300, quick=100),
        factors=by_preset(full=49, quick=9),
        repetitions=by_preset(full=100, quick=50),
        random_steps=by_preset(full=20_000, quick=3_000),
        settle=by_preset(full=5_000, quick=1_000),
    )
)
