# Adam and momentum SGD on scaled losses, under rare gradients and under noise.
SOLVE["dl_hw1/p3_adam"] = dict(
    params=dict(
        random=by_preset(
            full=dict(steps=20_000, settle=5_000), quick=dict(steps=1_013, settle=500)
        )
    )
)
