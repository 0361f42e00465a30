# What is normalized together; the gradient as the batch grows.
SOLVE["eecs182_hw5/q2_batchnorm"] = dict(
    params=dict(
        sizes=by_preset(full=17, quick=5), repetitions=by_preset(full=200, quick=20)
    )
)
