# Parameters, shifts and unseen places; transpose convolutions.
SOLVE["eecs182_hw5/q1_convnets"] = dict(
    params=dict(
        repetitions=by_preset(full=4, quick=1),
        training=by_preset(full=1_000, quick=300),
        steps=by_preset(full=100, quick=60),
    )
)
