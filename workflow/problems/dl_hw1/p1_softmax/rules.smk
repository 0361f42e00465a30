# Softmax and the norm of its Jacobian from cold to hot.
SOLVE["dl_hw1/p1_softmax"] = dict(params=dict(points=by_preset(full=200, quick=40)))
