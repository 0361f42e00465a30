# Softsign and its relatives: slopes, saturation, depth.
SOLVE["cs7643_ps2/p2_activation"] = dict(
    params=dict(
        points=by_preset(full=401, quick=81), depth=by_preset(full=400, quick=100)
    )
)
