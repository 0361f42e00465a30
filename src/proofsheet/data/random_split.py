"""The division of a dataset whose publisher leaves it to us: duplicates out, then 60/20/20."""

from __future__ import annotations

from proofsheet.data.contract import Divided, Found
from proofsheet.data.dataset import PARTS
from proofsheet.data.splits import FRACTIONS, first_occurrences, stratified_split


def divide_at_random(found: Found, seed: int) -> Divided:
    """`x` and `y` of `found` into train, validation and test, stratified by class.

    Of rows with equal `x` the first stays, so that no row is on two sides. Each part also has
    `row`, the place of its rows in the source, from which another seed can divide them again.
    """
    x, y = found.arrays["x"], found.arrays["y"]
    kept = first_occurrences(x)
    picked = stratified_split(y[kept], FRACTIONS, seed)
    parts = {
        name: {"x": x[kept[index]], "y": y[kept[index]], "row": kept[index]}
        for name, index in zip(PARTS, picked, strict=True)
    }
    facts = {
        "duplicates_removed": len(x) - len(kept),
        "split": "stratified by class, 60/20/20, duplicates removed before",
        "split_seed": seed,
    }
    return Divided(parts, facts)
