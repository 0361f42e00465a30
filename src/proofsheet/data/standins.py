"""Stand-ins for data that cannot be fetched: noise that depends on the class.

Each class of images has a smooth random pattern of its own. An image is that pattern, at a random
strength, under smooth and white noise: networks learn it, and never all of it. Beans have features
that are random about the mean of their class and keep the definitions of `bean_features`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofsheet.data.bean_features import all_features

LICENSE = "of this project (MIT)"
KNOTS = 5
"""A smooth field is bilinear between KNOTS × KNOTS random values."""

# log area, elongation L/m, 4A/πLm, solidity A/C, roundness 4πA/P², extent
LOWEST = np.array([10.0, 1.05, 0.950, 0.950, 0.55, 0.55])
HIGHEST = np.array([12.3, 2.40, 0.999, 0.995, 0.95, 0.87])


def scaled(counts: Sequence[int], total: int) -> np.ndarray:
    """Counts (K,) in the same proportions that add up to `total`, each at least 1."""
    edges = np.round(np.cumsum([0, *counts]) * total / sum(counts)).astype(int)
    return np.maximum(np.diff(edges), 1)


def smooth_fields(rng: np.random.Generator, n: int, size: tuple[int, ...]) -> np.ndarray:
    """Smooth random fields (n, *size) float32; `size` is (rows, columns) or (rows, columns, 3)."""
    knots = rng.standard_normal((n, KNOTS, KNOTS, *size[2:]), dtype=np.float32)
    rows, columns = (
        np.maximum(0, 1 - abs(np.linspace(0, KNOTS - 1, side)[:, None] - np.arange(KNOTS)))
        for side in size[:2]
    )
    return np.einsum(
        "ir,jc,nrc...->nij...", rows.astype("f4"), columns.astype("f4"), knots, optimize=True
    )


def noise_images(
    counts: Sequence[int], size: tuple[int, ...], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, *size) uint8 and labels (n,) int64 in random order, `counts` of each class."""
    rng = np.random.default_rng(seed)
    patterns = smooth_fields(rng, len(counts), size)
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    x = patterns[y]
    x *= rng.uniform(0, 1, (len(y), *(1 for _ in size)))
    x += 0.5 * smooth_fields(rng, len(y), size)
    x += 0.2 * rng.standard_normal(x.shape, dtype=np.float32)
    return np.clip(128 + 50 * x, 0, 255).astype(np.uint8), y


def noise_beans(counts: Sequence[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, 16) and labels (n,) int64 in random order, `counts` of each variety."""
    rng = np.random.default_rng(seed)
    means = rng.uniform(0.2, 0.8, (len(counts), len(LOWEST)))
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    place = np.clip(rng.normal(means[y], 0.12), 0, 1)
    area, elongation, ellipse, solidity, roundness, extent = (LOWEST + place * (HIGHEST - LOWEST)).T
    area = np.exp(area)
    measured = {
        "Area": area,
        "Perimeter": np.sqrt(4 * np.pi * area / roundness),
        "MajorAxisLength": np.sqrt(4 * area * elongation / (np.pi * ellipse)),
        "MinorAxisLength": np.sqrt(4 * area / (np.pi * ellipse * elongation)),
        "ConvexArea": area / solidity,
        "Extent": extent,
    }
    return all_features(measured), y
