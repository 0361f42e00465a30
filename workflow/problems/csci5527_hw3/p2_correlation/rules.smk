# Cross-correlation against SciPy and PyTorch; edges of ascent; the eye in face.
SOLVE["csci5527_hw3/p2_correlation"] = dict(
    outputs=["arrays.npz", "timing.json"],
    params=dict(
        turns=by_preset(full=5, quick=2),
        # Rows from, to, columns from, to: SciPy's correlate2d takes seconds for the whole face.
        crop=by_preset(full=[0, 768, 0, 1024], quick=[250, 450, 600, 850]),
    ),
    mem_mb=3000,
    runtime=15,
)
