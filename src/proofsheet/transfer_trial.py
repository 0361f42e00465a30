"""A trial run of a transfer to radiographs (CSCI 5527 HW 3, problem 4)."""

from __future__ import annotations

from dataclasses import replace

from proofsheet.transfer import Images, Strategy


def shortened(strategy: Strategy, train: Images, images: int) -> tuple[Strategy, Images]:
    """Two epochs and one view at most, and every n-th image, so that about `images` are left."""
    every = -(-len(train.y) // images)
    few = Images(train.x[::every], train.y[::every])
    return replace(strategy, epochs=min(strategy.epochs, 2), views=1), few
