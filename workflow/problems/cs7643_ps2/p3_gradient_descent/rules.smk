# The proximal model, and the rate of gradient descent measured.
SOLVE["cs7643_ps2/p3_gradient_descent"] = dict(
    params=dict(
        largest_power=by_preset(full=6, quick=4), functions=by_preset(full=20, quick=5)
    )
)
