# Cross-correlation against SciPy and PyTorch; edges of ascent; the eye in face.
SOLVE["csci5527_hw3/p2_correlation"] = dict(
    outputs=["arrays.npz", "timing.json"],
    params=dict(
        turns=by_preset(full=5, quick=1),
        # Time our direct way on the template, too: ten seconds.
        direct=by_preset(full=True, quick=False),
    ),
    mem_mb=3000,
    runtime=15,
)
