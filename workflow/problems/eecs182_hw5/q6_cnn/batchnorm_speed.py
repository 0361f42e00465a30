"""How long the two backward passes of `mytorch`'s batch normalization take (EECS 182 HW 5, 6)."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from mytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d

SHAPES = {"rows": (256, 1024), "images": (64, 32, 16, 16)}
"""Of the inputs: rows with features, and images with channels."""


def speeds(repetitions: int, seed: int) -> dict[str, Any]:
    """Medians over calls that take turns, float32, for both shapes.

    Returns:
        `speedup`, the time through the graph over that of the closed form for rows, and for each
        shape `<shape>.{closed_seconds, graph_seconds, speedup, difference}`; the last is the
        largest difference of the two gradients over the largest gradient.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, Any] = {}
    for name, shape in SHAPES.items():
        layer = (BatchNorm1d if len(shape) == 2 else BatchNorm2d)(shape[1])
        layer.forward(rng.normal(1, 2, shape).astype(np.float32))
        g = rng.standard_normal(shape).astype(np.float32)
        closed, graph = layer.backward(g), layer.backward_graph(g)
        times: dict[str, list[float]] = {"closed": [], "graph": []}
        for _ in range(repetitions):
            for kind, backward in (("closed", layer.backward), ("graph", layer.backward_graph)):
                start = time.perf_counter()
                backward(g)
                times[kind].append(time.perf_counter() - start)
        medians = {kind: float(np.median(values)) for kind, values in times.items()}
        found[name] = {
            "shape": list(shape),
            "closed_seconds": medians["closed"],
            "graph_seconds": medians["graph"],
            "speedup": medians["graph"] / medians["closed"],
            "difference": float(np.abs(closed - graph).max() / np.abs(closed).max()),
        }
    return {"speedup": found["rows"]["speedup"], **found}
