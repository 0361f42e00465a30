"""What of two runs is the same."""

from __future__ import annotations

from typing import Any

TIMES = ("seconds", "per_second", "speedup")


def without_times(metrics: Any) -> Any:
    """Metrics without the keys that tell how long something took, at any depth."""
    if isinstance(metrics, dict):
        return {
            key: without_times(value)
            for key, value in metrics.items()
            if not any(word in key for word in TIMES)
        }
    return metrics
