# Fits under outliers, IRLS beside gradient descent, ridge.
SOLVE["dl_hw1/p2_huber"] = dict(
    params=dict(
        shifts=by_preset(full=31, quick=7),
        lams=by_preset(full=15, quick=5),
        repetitions=by_preset(full=10, quick=2),
    )
)
