# Three normalizations against PyTorch's modules, and what epsilon does.
SOLVE["csci5527_hw3/p3_normalization"] = dict(
    params=dict(
        # Height, width, channels, batch.
        shape=by_preset(full=[50, 50, 64, 64], quick=[12, 12, 16, 8]),
        points=by_preset(full=55, quick=10),
    ),
    mem_mb=3000,
)
