"""Drawn objects for CIFAR where the photographs are not to be had: 32×32 pixels in color.

An object is one of ten shapes, filled with one of five textures in two colors. It lies turned,
scaled and moved before a background that runs from one color to another, with a blot on it that
is none of the shapes. All images of a dataset are drawn at once: an outline is a function of the
pixels' coordinates that is positive inside, so edges are blurred over a pixel by clipping it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SIDE = 32
CHUNK = 1000
"""Images that are drawn at once."""

Field = np.ndarray
"""A number for each pixel of each image, (n, 32, 32)."""

# Signed distances in units of the object's size, about: positive inside the outline.
SHAPES: dict[str, Callable[[Field, Field], Field]] = {
    "disc": lambda u, v: 0.95 - np.hypot(u, v),
    "square": lambda u, v: 0.8 - np.maximum(abs(u), abs(v)),
    "triangle": lambda u, v: 0.5 - np.maximum(-v, 0.866 * abs(u) + 0.5 * v),
    "cross": lambda u, v: np.maximum(
        np.minimum(0.3 - abs(u), 1 - abs(v)), np.minimum(0.3 - abs(v), 1 - abs(u))
    ),
    "ring": lambda u, v: 0.25 - abs(np.hypot(u, v) - 0.75),
    "star": lambda u, v: 0.62 * (1 + 0.55 * np.cos(5 * np.arctan2(v, u))) - np.hypot(u, v),
    "bars": lambda u, v: np.minimum(0.22 - abs(abs(u) - 0.55), 0.95 - abs(v)),
    "crescent": lambda u, v: np.minimum(0.95 - np.hypot(u, v), np.hypot(u - 0.5, v) - 0.75),
    "ellipse": lambda u, v: 0.42 - np.hypot(0.42 * u, v),
    "angle": lambda u, v: np.minimum(
        0.9 - np.maximum(abs(u), abs(v)), np.maximum(-0.3 - u, -0.3 - v)
    ),
}

# Shares of the second color, 0 … 1, from coordinates in pixels and in the object's own frame.
TEXTURES: dict[str, Callable[[Field, Field], Field]] = {
    "plain": lambda a, b: np.zeros_like(a),
    "stripes": lambda a, b: 0.5 + 0.5 * np.cos(2 * np.pi * a / 5),
    "checks": lambda a, b: 0.5 + 0.5 * np.sign(np.sin(np.pi * a / 4) * np.sin(np.pi * b / 4)),
    "spots": lambda a, b: np.clip(
        1.5 * np.cos(2 * np.pi * a / 6) * np.cos(2 * np.pi * b / 6), 0, 1
    ),
    "shaded": lambda a, b: np.clip(0.5 + b / 14, 0, 1),
}


def simulate(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` objects, as many of each class, in random order.

    Of ten classes each has its own shape, and a hue and a texture that it has more often than
    others. A hundred classes are the ten shapes, each in five textures and two hues.

    Args:
        count: images.
        classes: 10 or 100.
        seed: of everything that is random.

    Returns:
        x: images (count, 32, 32, 3) uint8.
        y: class (count,) int64.
    """
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(count) % classes).astype(np.int64)
    if classes == len(SHAPES):
        shape = y
        usual = rng.random(count) < 0.4
        texture = np.where(usual, y % len(TEXTURES), rng.integers(0, len(TEXTURES), count))
        hue = y / classes + rng.normal(scale=0.18, size=count)
    elif classes == 2 * len(SHAPES) * len(TEXTURES):
        shape, style = np.divmod(y, 2 * len(TEXTURES))
        texture, warm = np.divmod(style, 2)
        hue = 0.05 + 0.5 * warm + rng.normal(scale=0.07, size=count)
    else:
        raise ValueError(f"{classes} classes cannot be drawn; 10 or 100 can")
    parts = (slice(start, start + CHUNK) for start in range(0, count, CHUNK))
    return np.concatenate([draw(shape[p], texture[p], hue[p], rng) for p in parts]), y


def draw(
    shape: np.ndarray, texture: np.ndarray, hue: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """One image for each entry.

    Args:
        shape: index (n,) into `SHAPES`.
        texture: index (n,) into `TEXTURES`.
        hue: of the object (n,), in turns of the color circle.
        rng: of what is left open.

    Returns:
        images (n, 32, 32, 3) uint8.
    """
    n = len(shape)
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    image = _background(n, rows, columns, rng)

    size = rng.uniform(8, 13, n)[:, None, None]
    x, y = (rng.uniform(-4, 4, n)[:, None, None] for _ in range(2))
    turn = rng.normal(scale=0.35, size=n)[:, None, None]
    a = np.cos(turn) * (columns - x) + np.sin(turn) * (rows - y)
    b = np.cos(turn) * (rows - y) - np.sin(turn) * (columns - x)
    outline, pattern = np.empty((2, n, SIDE, SIDE))
    for index, inside in enumerate(SHAPES.values()):
        at = shape == index
        outline[at] = inside(a[at] / size[at], b[at] / size[at])
    for index, share in enumerate(TEXTURES.values()):
        at = texture == index
        pattern[at] = share(a[at], b[at])
    covered = np.clip(size * outline + 0.5, 0, 1)[..., None]

    light = rng.uniform(0.45, 0.95, n)
    first = colors(hue, rng.uniform(0.35, 0.9, n), light)
    second = colors(hue + rng.normal(scale=0.1, size=n), rng.uniform(0.1, 0.6, n), 1.15 - light)
    pattern = pattern[..., None] * rng.uniform(0.6, 1, n)[:, None, None, None]
    inner = first[:, None, None] * (1 - pattern) + second[:, None, None] * pattern
    image += covered * (inner - image)

    image *= rng.normal(1, 0.12, (n, 1, 1, 1)) * rng.normal(1, 0.04, (n, 1, 1, 3))
    image += rng.normal(scale=0.04, size=image.shape)
    return np.round(255 * np.clip(image, 0, 1)).astype(np.uint8)


def colors(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Red, green and blue (n, 3), 0 … 1, of hues in turns, saturations and values (n,) in 0 … 1."""
    sectors = (np.array([5.0, 3.0, 1.0]) + 6 * np.asarray(hue)[:, None]) % 6
    fall = np.clip(np.minimum(sectors, 4 - sectors), 0, 1)
    return np.asarray(value)[:, None] * (1 - np.asarray(saturation)[:, None] * fall)


def _background(
    n: int, rows: np.ndarray, columns: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Two colors that run into each other, and a round blot that is soft at its edge."""
    ends = [
        colors(rng.random(n), rng.uniform(0, 0.6, n), rng.uniform(0.2, 1, n))[:, None, None]
        for _ in range(3)
    ]
    angle = rng.uniform(0, 2 * np.pi, n)[:, None, None]
    run = (0.5 + (np.cos(angle) * columns + np.sin(angle) * rows) / SIDE).clip(0, 1)[..., None]
    image = ends[0] * (1 - run) + ends[1] * run
    x, y = rng.uniform(-16, 16, (2, n, 1, 1))
    radius = rng.uniform(2, 6, (n, 1, 1))
    blot = np.clip((radius - np.hypot(columns - x, rows - y)) / 3, 0, 1)[..., None]
    return image + blot * (ends[2] - image)
