"""Labelled images whose publisher has divided them: verified, put together, taken apart again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proofsheet.data.contract import Divided, Found
from proofsheet.data.dataset import PARTS
from proofsheet.data.splits import stratified_split
from proofsheet.data.standins import LICENSE, noise_images, scaled


def verified_images(
    x: np.ndarray, y: np.ndarray, size: tuple[int, ...], counts: Sequence[int], origin: str
) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one part, if they are as published.

    Args:
        x: images, which must be (n, *size) uint8.
        y: labels (n,) or (n, 1) of any integer type.
        counts: images of each class that must be there; n in all.

    Returns:
        x: as it is.
        y: (n,) int64.

    Raises:
        ValueError: they are not; in one line.
    """
    wanted = (sum(counts), *size)
    if x.shape != wanted or x.dtype != np.uint8:
        raise ValueError(f"{origin}: images are {x.shape} {x.dtype}, expected {wanted} uint8")
    if y.shape not in ((len(x),), (len(x), 1)) or y.dtype.kind not in "iu":
        raise ValueError(f"{origin}: labels are {y.shape} {y.dtype}, expected ({len(x)},) integers")
    y = y.reshape(-1).astype(np.int64)
    if y.min() < 0 or y.max() >= len(counts):
        raise ValueError(
            f"{origin}: labels are {y.min()} … {y.max()}, expected 0 … {len(counts) - 1}"
        )
    found = np.bincount(y, minlength=len(counts)).tolist()
    if found != list(counts):
        raise ValueError(f"{origin}: images of each class are {found}, expected {list(counts)}")
    return x, y


def joined(parts: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    """`x` and `y` of all parts, one after the other, and in `part` the index into `PARTS`."""
    return {
        "x": np.concatenate([x for x, _ in parts.values()]),
        "y": np.concatenate([y for _, y in parts.values()]),
        "part": np.repeat(
            np.array([PARTS.index(name) for name in parts], dtype=np.uint8),
            [len(y) for _, y in parts.values()],
        ),
    }


def separated(arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> Divided:
    """The parts that `part` names; `facts` with the number of images that are on two sides.

    The publisher's own duplicates are counted but kept: other results on the dataset have
    them, too, and removing them would change the numbers of images.
    """
    parts = {
        name: {key: arrays[key][arrays["part"] == index] for key in arrays if key != "part"}
        for index, name in enumerate(PARTS)
    }
    distinct = [{image.tobytes() for image in part["x"]} for part in parts.values()]
    shared = sum(map(len, distinct)) - len(set.union(*distinct))
    return Divided(parts, {**facts, "images_on_two_sides": shared})


def held_out(arrays: Mapping[str, np.ndarray], share: float, words: str, seed: int) -> Divided:
    """A share of the training images for validation, stratified; the test images as they are."""
    part = arrays["part"].copy()
    train = np.flatnonzero(part == PARTS.index("train"))
    _, val = stratified_split(arrays["y"][train], (1 - share, share), seed)
    part[train[val]] = PARTS.index("val")
    facts = {
        "split": f"the test images as the source has them; {words} of the training images for"
        " validation, stratified by class",
        "split_seed": seed,
    }
    return separated({**arrays, "part": part}, facts)


def divided_noise(
    counts: Sequence[int], total: int, size: tuple[int, ...], shares: Mapping[str, float], seed: int
) -> Found:
    """A stand-in of `total` images (n, *size), in the proportions of `counts`, in these parts."""
    x, y = noise_images(scaled(counts, total), size, seed)
    picked = stratified_split(y, tuple(shares.values()), seed)
    parts = {name: (x[rows], y[rows]) for name, rows in zip(shares, picked, strict=True)}
    note = (
        f"{len(x):,} images of noise with a smooth pattern for each of {len(counts)} classes; not"
        " the real data"
    )
    return Found(joined(parts), [], official=False, note=note, licence=LICENSE)
