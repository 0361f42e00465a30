# Large batches through batch norm, on the line and in the plane.
SOLVE["eecs182_hw5/q9_batchnorm_exam"] = dict(
    params=dict(batch=by_preset(full=200_000, quick=20_000))
)
