# Every step of a grid classified; SGD run to its noise floor.
SOLVE["cs7643_ps2/p6_sgd"] = dict(
    params=dict(
        per_unit=by_preset(full=40, quick=20),
        runs=by_preset(full=2000, quick=200),
        steps=1000,
    )
)
