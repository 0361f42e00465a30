"""Simulated beans: seven varieties drawn as outlines, filled with pixels, and measured.

Each variety has its own size, elongation, bend, squareness and roughness, so that the sixteen
features of a drawn bean fall about where those of the real variety do. Nothing of the real data
is in them but these few means and spreads, which are given below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofsheet.data.bean_features import all_features

ANGLES = np.linspace(0, 2 * np.pi, 256, endpoint=False)
"""Where the radius of an outline is sampled."""

WAVES = np.arange(6, 31)
"""Waves around the outline that make it rough."""


@dataclass(frozen=True)
class Variety:
    """Mean and standard deviation of what distinguishes the beans of one variety.

    Attributes:
        share: its share among the beans.
        area: in pixels.
        elongation: long axis by short axis.
        bend: how far the ends turn to one side, in half lengths; the kidney.
        squareness: exponent of the superellipse, 2 for an ellipse.
        roughness: relative amplitude of the outline's ripples.
    """

    share: float
    area: tuple[float, float]
    elongation: tuple[float, float]
    bend: tuple[float, float]
    squareness: tuple[float, float]
    roughness: tuple[float, float]


VARIETIES = {
    "BARBUNYA": Variety(.097, (69800, 8800), (1.54, .11), (.05, .02), (2.05, .06), (.0185, .0035)),
    "BOMBAY": Variety(.038, (173500, 20500), (1.58, .11), (.08, .03), (2.10, .07), (.0125, .0020)),
    "CALI": Variety(.120, (75500, 8400), (1.73, .08), (.10, .03), (2.12, .07), (.0115, .0020)),
    "DERMASON": Variety(.261, (32100, 3900), (1.49, .085), (.04, .02), (2.02, .05), (.0080, .0018)),
    "HOROZ": Variety(.142, (53600, 6500), (2.02, .12), (.08, .03), (2.12, .08), (.0130, .0020)),
    "SEKER": Variety(.149, (39900, 4000), (1.24, .07), (.02, .01), (2.00, .03), (.0068, .0018)),
    "SIRA": Variety(.194, (44700, 3900), (1.57, .085), (.05, .02), (2.06, .05), (.0102, .0018)),
}  # fmt: skip

CLASS_NAMES = tuple(VARIETIES)


def simulate(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw and measure `count` beans, in the proportions of the real varieties.

    Returns:
        x: features (count, 16), in the order of `FEATURE_NAMES`, lengths in pixels.
        y: variety (count,) int64, as an index into `CLASS_NAMES`.
    """
    rng = np.random.default_rng(seed)
    edges = np.cumsum([variety.share for variety in VARIETIES.values()])
    y = np.searchsorted(edges / edges[-1], (np.arange(count) + 0.5) / count).astype(np.int64)
    varieties = list(VARIETIES.values())
    beans = [measure(fill(outline(varieties[label], rng))) for label in y]
    measured = {name: np.array([bean[name] for bean in beans]) for name in beans[0]}
    order = rng.permutation(count)
    return all_features(measured)[order], y[order]


def outline(variety: Variety, rng: np.random.Generator) -> np.ndarray:
    """A closed outline (256, 2) in pixels, lying as beans lie: in any direction."""
    area, elongation, bend, squareness, roughness = (
        rng.normal(*value)
        for value in (
            variety.area,
            variety.elongation,
            variety.bend,
            variety.squareness,
            variety.roughness,
        )
    )
    elongation = max(elongation, 1.02)
    cos, sin = np.cos(ANGLES), np.sin(ANGLES)
    # A superellipse with half axes √elongation and 1/√elongation, whose ends are bent to one side.
    radius = (np.abs(cos) ** squareness + np.abs(sin) ** squareness) ** (-1 / squareness)
    phases = rng.uniform(0, 2 * np.pi, len(WAVES))
    strengths = rng.normal(size=len(WAVES)) * np.sqrt(2 / len(WAVES))
    ripples = strengths @ np.cos(WAVES[:, None] * ANGLES + phases[:, None])
    radius = radius * (1 + max(roughness, 0.001) * ripples)
    x = np.sqrt(elongation) * radius * cos
    y = radius * sin / np.sqrt(elongation) + bend * (x**2 / elongation - 0.25)
    turn = rng.uniform(0, np.pi)
    points = np.column_stack(
        [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]
    )
    following = np.roll(points, -1, axis=0)
    drawn = abs(np.sum(points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1])) / 2
    return points * np.sqrt(max(area, 0.3 * variety.area[0]) / drawn)


def fill(points: np.ndarray) -> np.ndarray:
    """The pixels inside a closed polygon (k, 2): a mask (rows, columns), with a margin of one.

    A pixel is inside where an odd number of edges lies above its centre.
    """
    points = points - np.floor(points.min(axis=0)) + 1
    columns, rows = np.ceil(points.max(axis=0)).astype(int) + 1
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, axis=0).T
    # Each edge passes over the centres of the columns first … last − 1.
    first = np.ceil(np.minimum(x0, x1) - 0.5).astype(int)
    last = np.ceil(np.maximum(x0, x1) - 0.5).astype(int)
    edge = np.repeat(np.arange(len(points)), last - first)
    column = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - last, last - first)
    slope = (y1 - y0)[edge] / (x1 - x0)[edge]
    row = np.ceil(y0[edge] + (column + 0.5 - x0[edge]) * slope - 0.5).astype(int)
    crossed = np.zeros((rows, columns), dtype=bool)
    np.logical_xor.at(crossed, (row, column), True)
    return np.bitwise_xor.accumulate(crossed, axis=0)


def measure(mask: np.ndarray) -> dict[str, float]:
    """The six measured features of one bean in a mask with a margin of one pixel.

    Area: pixels. Perimeter: by Cauchy and Crofton, from the crossings of the outline with lines
    in four directions. Axes: of the ellipse with the same second moments, a pixel being a square
    of side one. Convex area: of the hull of the pixels' squares. Extent: area by bounding box.
    """
    in_row, in_column = mask.sum(axis=1), mask.sum(axis=0)
    area = int(in_row.sum())
    r, c = np.arange(mask.shape[0]), np.arange(mask.shape[1])
    r, c = r - r @ in_row / area, c - c @ in_column / area
    across = r @ (mask @ c) / area
    down, along = (r**2) @ in_row / area + 1 / 12, (c**2) @ in_column / area + 1 / 12
    root = np.sqrt((along - down) ** 2 + 4 * across**2)
    rows, columns = np.flatnonzero(in_row), np.flatnonzero(in_column)
    straight = np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    straight += np.count_nonzero(mask[1:] != mask[:-1])
    oblique = np.count_nonzero(mask[1:, 1:] != mask[:-1, :-1])
    oblique += np.count_nonzero(mask[1:, :-1] != mask[:-1, 1:])
    return {
        "Area": float(area),
        "Perimeter": np.pi / 8 * (straight + oblique / np.sqrt(2)),
        "MajorAxisLength": np.sqrt(8 * (along + down + root)),
        "MinorAxisLength": np.sqrt(8 * (along + down - root)),
        "ConvexArea": _hull_area(mask, rows),
        "Extent": area / float((np.ptp(rows) + 1) * (np.ptp(columns) + 1)),
    }


def _hull_area(mask: np.ndarray, rows: np.ndarray) -> float:
    """Area of the convex hull of the pixels' squares."""
    from scipy.spatial import ConvexHull

    left = mask[rows].argmax(axis=1)
    right = mask.shape[1] - mask[rows, ::-1].argmax(axis=1)
    corners = [(column, row + d) for column in (left, right) for row in (rows,) for d in (0, 1)]
    return float(ConvexHull(np.concatenate([np.column_stack(pair) for pair in corners])).volume)
