"""`learning.normalization` against PyTorch's modules on 64×64×50×50: ratios from this one run.

    python benchmarks/normalization_vs_torch.py

The turns alternate and the shortest times are compared: a neighbour on the same cores only ever
adds to a time. Aim: at most 1.5 × the time of PyTorch's three modules together.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from proofsheet.learning.normalization import (
    batch_norm,
    instance_norm,
    layer_norm,
    relative_difference,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

SHAPE, AIM, TURNS = (64, 64, 50, 50), 1.5, 20
# PyTorch's batch norm refuses eps = 0 while training; this one is lost in the sum σ² + ε.
NO_EPS = 1e-300


def main() -> None:
    """Measure and print everything."""
    _, c, h, w = SHAPE
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads; times in ms")
    print(f"{'type':10}{'method':12}{'ours':>8}{'PyTorch':>9}{'ratio':>7}   relative difference")
    for dtype in (torch.float32, torch.float64):
        x = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0), dtype=dtype)
        pairs = {
            "batch": (lambda x: batch_norm(x, 0.0), torch.nn.BatchNorm2d(c, NO_EPS)),
            "layer": (lambda x: layer_norm(x, 0.0), torch.nn.LayerNorm((c, h, w), 0.0)),
            "instance": (lambda x: instance_norm(x, 0.0), torch.nn.InstanceNorm2d(c, NO_EPS)),
        }
        three = [0.0, 0.0]
        for name, (ours, module) in pairs.items():
            module = module.to(dtype)
            mine, theirs = shortest([lambda f=ours, x=x: f(x), lambda f=module, x=x: f(x)])
            three = [three[0] + mine, three[1] + theirs]
            with torch.no_grad():
                difference = relative_difference(ours(x), module(x))
            line = f"{mine * 1e3:8.1f}{theirs * 1e3:9.1f}{mine / theirs:7.2f}   {difference:.1e}"
            print(f"{str(dtype)[6:]:10}{name:12}{line}")
        ratio = three[0] / three[1]
        print(f"{str(dtype)[6:]:10}{'the three':12}{ratio:24.2f}", end="   ")
        print(f"at most {AIM}: {'met' if ratio <= AIM else 'MISSED'}")


@torch.no_grad()
def shortest(calls: list[Callable[[], object]]) -> list[float]:
    """Shortest time of each call in seconds, the turns alternating."""
    best = [float("inf")] * len(calls)
    for _ in range(TURNS):
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
