# Dropout, batch norm and weight decay in other units and with means.
SOLVE["eecs182_hw5/q4_dropout_theory"] = dict(
    params=dict(steps=by_preset(full=6_000, quick=1_000))
)
