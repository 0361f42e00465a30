# Every step of a grid, classified.
SOLVE["cs7643_ps2/p6_sgd"] = dict(params=dict(per_unit=by_preset(full=40, quick=20)))
