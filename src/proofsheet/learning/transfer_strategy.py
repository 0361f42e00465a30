"""A way to transfer a network: which blocks are kept, which are frozen, for how long, on what.

Apart from the training, so that the configuration is checked without loading PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proofsheet.jobs.errors import UserError


@dataclass(frozen=True)
class Strategy:
    """How a network is transferred (`config.yaml: transfer.strategies`).

    Attributes:
        initial: `pretrained` or `random`.
        blocks: the first blocks that are kept, of nine.
        frozen: the first of them that stay as they are.
        epochs: of the training.
        learning_rate: at its largest.
        sides: pixels of the side of the training images in the first epochs, one number for each;
            after them the images are whole: a network's scores may be shifted on images of another
            size than it learned from last. Small images show what a block learns first, at a
            fraction of the time (Tan, Le, "EfficientNetV2", ICML 2021).
        views: augmented copies of each image that frozen blocks see.
        decay: weight decay, decoupled.
    """

    initial: str = "pretrained"
    blocks: int = 9
    frozen: int = 0
    epochs: int = 4
    learning_rate: float = 3e-4
    sides: tuple[int, ...] = ()
    views: int = 4
    decay: float = 0.01


def strategy_of(name: str, entry: Mapping[str, Any], where: str = "") -> Strategy:
    """The strategy that the configuration describes.

    Args:
        name: of the strategy.
        entry: attributes of `Strategy`.
        where: it stands, for messages; the configuration's own strategies if nothing is given.

    Raises:
        UserError: more blocks are frozen than kept, or random ones are frozen; images grow in
            front of frozen blocks, or are never whole.
    """
    found = Strategy(**{**entry, "sides": tuple(entry.get("sides", ()))})
    where = where or f"config.yaml: transfer.strategies.{name}"
    if found.frozen > found.blocks:
        raise UserError(
            f"{where}: frozen is {found.frozen}, but blocks is {found.blocks}; allowed: from 0 to"
            " the blocks that are kept"
        )
    if found.initial == "random" and found.frozen:
        raise UserError(
            f"{where}: freezes {found.frozen} random blocks; allowed with initial: random is"
            " frozen: 0; or take initial: pretrained"
        )
    if found.sides and found.frozen:
        raise UserError(
            f"{where}: sides lets images grow, but the output of {found.frozen} frozen blocks is"
            " computed once; allowed with sides is frozen: 0; or leave sides out"
        )
    if found.sides and len(found.sides) >= found.epochs:
        raise UserError(
            f"{where}: sides has {len(found.sides)} numbers for {found.epochs} epochs; allowed:"
            f" {found.epochs - 1} at most, because the last epoch needs whole images"
        )
    return found


def changed(
    name: str, entry: Mapping[str, Any], changes: Mapping[str, Any], where: str = ""
) -> Strategy:
    """A strategy of the configuration with some attributes changed, as in a sweep.

    Images grow as the entry has it, unless blocks are frozen or no epoch is left for whole images.

    Raises:
        UserError: as `strategy_of`.
    """
    new = {**entry, **changes}
    if new.get("frozen") or len(new.get("sides", ())) >= new.get("epochs", Strategy.epochs):
        new["sides"] = ()
    return strategy_of(name, new, where)
