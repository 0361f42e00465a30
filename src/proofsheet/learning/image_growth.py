"""How images grow during a training that begins on smaller ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def growth(
    sides: Sequence[int], epochs: int, *, smaller: Iterable[int] = (16, 24), whole: int = 32
) -> dict[str, float]:
    """Count the epochs at each size of the images.

    Args:
        sides: pixels of the side in the first epochs, one number for each.
        epochs: in all.
        smaller: sides below `whole` that are counted, whether they occur or not.
        whole: side of the whole image, in the epochs that follow.

    Returns:
        `epochs_<side>`: epochs at that side, for `smaller` and `whole`; `share`: the arithmetic of
        this training divided by that of a training on whole images throughout, if arithmetic is in
        proportion to the pixels.
    """
    each = [*sides, *[whole] * (epochs - len(sides))][:epochs]
    return {
        **{f"epochs_{side}": each.count(side) for side in (*smaller, whole)},
        "share": sum((side / whole) ** 2 for side in each) / epochs,
    }
