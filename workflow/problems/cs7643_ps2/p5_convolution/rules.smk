# Maps that commute with a shift, layers that follow it, and what it saves.
SOLVE["cs7643_ps2/p5_convolution"] = dict(
    params=dict(examples=by_preset(full=48, quick=20))
)
