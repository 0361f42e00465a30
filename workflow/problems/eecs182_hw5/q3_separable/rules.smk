# Real layers counted, and how much of a convolution separates.
SOLVE["eecs182_hw5/q3_separable"] = dict(
    params=dict(repetitions=by_preset(full=1_000, quick=50))
)
