# Nothing but counts: no arrays.
SOLVE["eecs182_hw5/q3_separable"] = dict(outputs=[])
