"""`correlation.correlate2d` against SciPy on `ascent`: ratios from this one run.

    python benchmarks/correlate_vs_scipy.py

The image is the one that the workflow has prepared, or, before its first run, one of the same size
and type. The bars of csci5527_hw3: with a 3×3 filter at least 1.0 ×, with a 65×80 template at least
50 × as fast as `scipy.signal.correlate2d`, and with neither less than half as fast as
`scipy.signal.correlate(method="auto")`; held for 8-bit images, as `ascent` comes, and in both
precisions.

The turns alternate and the shortest times are compared: a neighbour on the same cores only ever
adds to a time. `correlate2d` with the template takes seconds, so it has two turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy
import scipy.signal

from problems.csci5527_hw3.p2_correlation.correlation import correlate2d

ROOT = Path(__file__).resolve().parents[1]

CASES = [((3, 3), 1.0, 100), ((65, 80), 50.0, 50)]  # template, bar against correlate2d, turns
TYPES = ["uint8", "float64", "float32"]


def main() -> None:
    """Measure and print everything."""
    rng = np.random.default_rng(0)
    pixels, what = ascent(rng)
    print(f"{what}; numpy {np.__version__}, scipy {scipy.__version__}; times in ms")
    print(f"{'image':10}{'template':10}{'ours':>8}{'correlate2d':>13}{'auto':>8}", end="")
    print(f"{'correlate2d/ours':>18}{'bar':>6}{'auto/ours':>11}{'bar':>5}   relative difference")
    met = True
    for kind in TYPES:
        image = pixels.astype(kind)
        for shape, bar, turns in CASES:
            template = rng.integers(-10, 11, shape)
            if kind != "uint8":
                template = (template + rng.standard_normal(shape)).astype(kind)

            calls = {
                "ours": lambda z=template, y=image: correlate2d(z, y),
                "auto": lambda z=template, y=image: scipy.signal.correlate(y, z, method="auto"),
            }
            seconds = shortest(calls, turns)
            scipys = {"2d": lambda z=template, y=image: scipy.signal.correlate2d(y, z)}
            seconds |= shortest(scipys, turns if bar == 1.0 else 2)

            faster, than_auto = seconds["2d"] / seconds["ours"], seconds["auto"] / seconds["ours"]
            met &= faster >= bar and than_auto >= 0.5
            ours, theirs = calls["ours"](), scipys["2d"]()
            difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
            print(f"{kind:10}{shape[0]:2}×{shape[1]:<7}{seconds['ours'] * 1e3:8.2f}", end="")
            print(f"{seconds['2d'] * 1e3:13.2f}{seconds['auto'] * 1e3:8.2f}", end="")
            print(f"{faster:18.1f}{bar:6.1f}{than_auto:11.2f}{0.5:5.1f}   {difference:.1e}")
    print("every bar met" if met else "A BAR IS MISSED")


def ascent(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """Gray levels (512, 512) uint8, and what they are."""
    prepared = ROOT / "results/data/scipy_images/images.npz"
    if prepared.is_file():
        return np.load(prepared)["ascent"], f"ascent from {prepared.relative_to(ROOT)}"
    return rng.integers(0, 256, (512, 512), dtype=np.uint8), "noise of the size of ascent"


def shortest(calls: dict[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Shortest time of each call in seconds, the turns alternating."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(turns):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
