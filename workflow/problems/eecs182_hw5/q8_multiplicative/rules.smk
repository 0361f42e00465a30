# The mean loss under three kinds of noise, and every option.
SOLVE["eecs182_hw5/q8_multiplicative"] = dict(
    params=dict(samples=by_preset(full=50_000, quick=5_000))
)
