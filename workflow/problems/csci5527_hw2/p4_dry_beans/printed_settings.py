"""How the hyperparameters of a classifier of beans are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PRINTED = {
    "features": ("Features", "{} features", str),
    "gamma": ("γ", "γ = {}", lambda value: f"1/{1 / value:g}" if value < 1 else f"{value:g}"),
    "C": ("C", "C = {}", "{:g}".format),
    "hidden": ("Hidden layers", "hidden layers {}", lambda widths: "–".join(map(str, widths))),
    "learning_rate": ("Rate", "learning rate {}", "{:g}".format),
    "weight_decay": ("Decay", "weight decay {}", "{:g}".format),
    "dropout": ("Dropout", "dropout {}", "{:g}".format),
}
"""Setting, then the head of its column, its place in a sentence, and the format of its values."""


def described(settings: Mapping[str, Any]) -> str:
    """Hyperparameters as a reader of the chapter names them; what is never varied is left out."""
    return ", ".join(
        sentence.format(shown(settings[name]))
        for name, (_, sentence, shown) in PRINTED.items()
        if name in settings
    )
