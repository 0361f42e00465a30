"""Drawn blood cells: eight types as a stained smear shows them, 28×28 pixels.

A cell is a disc of cytoplasm with granules in it and a nucleus, which is a chain of discs along an
arc: one disc is round, close ones make a kidney, distant ones the lobes of a neutrophil. Around
the cell lie red ones. Every edge is blurred over a pixel, so nothing is drawn larger and reduced.
Nothing of the real data is in them but the sizes and colors below, set by eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDE = 28
Y, X = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
"""Coordinates of the pixels' centres, from the middle of the image."""

WAVES = (2, 3, 5)
"""Bulges around an outline."""

Color = tuple[int, int, int]
PLASMA: Color = (233, 204, 187)
RED_CELL: Color = (205, 170, 163)


@dataclass(frozen=True)
class CellType:
    """What distinguishes the cells of one type; lengths in pixels, `a, b` a mean and a deviation.

    Attributes:
        share: its share among the cells, that of the real ones.
        radius: of the cell.
        cytoplasm, nucleus: their colors.
        lobes: from how many to how many discs make the nucleus; none, no nucleus.
        lobe: radius of such a disc, in radii of the cell.
        arc: radius of the arc on which they lie, in radii of the cell.
        span: angle of the arc, in turns.
        granules: share of the cytoplasm's pixels that hold one.
        granule: their color.
        over: how much of the nucleus they cover, 0 … 1.
        rough: relative depth of the bulges of the outline.
    """

    share: float
    radius: tuple[float, float]
    cytoplasm: Color
    nucleus: Color
    lobes: tuple[int, int]
    lobe: tuple[float, float]
    arc: tuple[float, float]
    span: tuple[float, float]
    granules: float
    granule: Color
    over: float
    rough: float


TYPES = {
    "Basophil": CellType(
        .071, (9.0, .9), (160, 112, 160), (92, 50, 140), (2, 4), (.52, .06), (.36, .08), (.5, .15),
        .55, (66, 28, 112), .70, .04),
    "Eosinophil": CellType(
        .182, (9.4, .8), (204, 130, 150), (96, 50, 144), (2, 3), (.42, .05), (.46, .08), (.40, .08),
        .45, (192, 100, 122), .05, .03),
    "Erythroblast": CellType(
        .091, (6.8, .8), (166, 146, 184), (72, 36, 122), (1, 1), (.62, .08), (.15, .10), (.0, .0),
        .05, (150, 124, 172), .0, .03),
    "Immature Granulocyte (IG)": CellType(
        .169, (10.4, 1.1), (172, 130, 176), (104, 58, 150), (1, 4), (.62, .06), (.28, .09),
        (.22, .08), .35, (138, 82, 152), .20, .05),
    "Lymphocyte": CellType(
        .071, (7.9, .9), (166, 138, 188), (88, 44, 140), (1, 2), (.82, .05), (.10, .05), (.15, .05),
        .05, (140, 110, 178), .0, .03),
    "Monocyte": CellType(
        .083, (11.0, 1.1), (170, 148, 186), (112, 66, 154), (3, 5), (.46, .06), (.38, .07),
        (.45, .12), .20, (206, 194, 212), .15, .11),
    "Neutrophil": CellType(
        .195, (9.6, .8), (212, 178, 190), (94, 50, 146), (3, 5), (.28, .04), (.50, .08), (.62, .15),
        .30, (184, 136, 168), .0, .03),
    "Platelet": CellType(
        .137, (3.6, .8), (158, 112, 166), (0, 0, 0), (0, 0), (.0, .0), (.0, .0), (.0, .0),
        .50, (104, 52, 140), .0, .08),
}  # fmt: skip

CLASS_NAMES = tuple(TYPES)


def simulate(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` cells, in the proportions of the real types.

    Returns:
        x: images (count, 28, 28, 3) uint8.
        y: type (count,) int64, as an index into `CLASS_NAMES`.
    """
    rng = np.random.default_rng(seed)
    edges = np.cumsum([kind.share for kind in TYPES.values()])
    y = np.searchsorted(edges / edges[-1], (np.arange(count) + 0.5) / count).astype(np.int64)
    y = rng.permutation(y)
    kinds = list(TYPES.values())
    return np.stack([draw(kinds[label], rng) for label in y]), y


def draw(kind: CellType, rng: np.random.Generator) -> np.ndarray:
    """One cell (28, 28, 3) uint8."""
    image = np.empty((SIDE, SIDE, 3))
    image[:] = PLASMA
    radius = max(rng.normal(*kind.radius), 0.6 * kind.radius[0])
    _surround(image, radius, rng)
    x, y = rng.normal(scale=0.7, size=2)
    cell = disc(x, y, radius, rng, kind.rough)
    nucleus = np.minimum(_nucleus(kind, x, y, radius, rng), cell)
    specks = cell * _granules(kind.granules, rng)
    _paint(image, kind.cytoplasm, cell, rng)
    _paint(image, kind.granule, specks, rng)
    _paint(image, kind.nucleus, nucleus * (1 - kind.over * specks), rng)
    # The lamp, the stain and the camera differ from smear to smear.
    light = rng.normal(1, 0.025) * rng.normal(1, 0.015, 3)
    slope = rng.normal(scale=0.002, size=2)
    image *= light * (1 + slope[0] * X + slope[1] * Y)[..., None]
    image += rng.normal(scale=3.0, size=image.shape)
    return np.round(np.clip(image, 0, 255)).astype(np.uint8)


def disc(
    x: float, y: float, radius: float, rng: np.random.Generator, rough: float = 0.0
) -> np.ndarray:
    """How much of each pixel (28, 28) a disc with a bulging outline covers, 0 … 1."""
    distance = np.hypot(X - x, Y - y)
    angle = np.arctan2(Y - y, X - x)
    depths = rng.normal(scale=rough, size=len(WAVES))
    phases = rng.uniform(0, 2 * np.pi, len(WAVES))
    for wave, depth, phase in zip(WAVES, depths, phases, strict=True):
        radius = radius * (1 + depth * 2 / wave * np.cos(wave * angle + phase))
    return np.clip(radius - distance + 0.5, 0, 1)


def _nucleus(
    kind: CellType, x: float, y: float, radius: float, rng: np.random.Generator
) -> np.ndarray:
    """A chain of discs along an arc: how much of each pixel (28, 28) they cover together."""
    number = rng.integers(kind.lobes[0], kind.lobes[1] + 1)
    covered = np.zeros((SIDE, SIDE))
    size, arc, span = (rng.normal(*value) for value in (kind.lobe, kind.arc, kind.span))
    start = rng.uniform(0, 2 * np.pi)
    for angle in start + 2 * np.pi * span * np.linspace(0, 1, number):
        lobe = radius * size * rng.normal(1, 0.07)
        at = radius * arc * rng.normal(1, 0.12)
        covered = np.maximum(
            covered, disc(x + at * np.cos(angle), y + at * np.sin(angle), lobe, rng, 0.04)
        )
    return covered


def _granules(share: float, rng: np.random.Generator) -> np.ndarray:
    """Specks on a `share` of the pixels (28, 28), each of its own strength, blurred a little."""
    specks = (rng.random((SIDE, SIDE)) < share) * rng.uniform(0.5, 1.2, (SIDE, SIDE))
    for axis in (0, 1):
        specks = 0.6 * specks + 0.2 * (np.roll(specks, 1, axis) + np.roll(specks, -1, axis))
    return np.minimum(specks, 1)


def _surround(image: np.ndarray, radius: float, rng: np.random.Generator) -> None:
    """Red cells, paler in the middle, about a place of `radius` that they leave free."""
    for _ in range(rng.poisson(4)):
        size = rng.normal(4.6, 0.5)
        distance, angle = radius + size * rng.uniform(0.9, 2.2), rng.uniform(0, 2 * np.pi)
        x, y = distance * np.cos(angle), distance * np.sin(angle)
        _paint(image, RED_CELL, 0.8 * disc(x, y, size, rng, 0.04), rng)
        _paint(image, PLASMA, 0.5 * disc(x, y, 0.45 * size, rng), rng)


def _paint(image: np.ndarray, color: Color, opacity: np.ndarray, rng: np.random.Generator) -> None:
    """Lay a color that is a little off over `image`, in place."""
    shade = np.array(color) * rng.normal(1, 0.04) * rng.normal(1, 0.015, 3)
    image += opacity[..., None] * (shade - image)
