"""One look for every figure: size, type, colors, and how it is saved.

Figures are vector graphics (SVG, glyphs as paths), as wide as they are printed, so that their
type is the size of the text around them. Series differ in line style or marker as well as in
color. The colors are Okabe and Ito's, which the color-blind can tell apart, but for their orange
and light blue: those fade on white paper, and a brown and a dark blue are in their places.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from proofsheet.jobs.atomic_files import replacing

TEXT_WIDTH = 6.3  # inches: the text block of the report's page
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C5E2A", "#00468C", "#000000")
ON_IMAGES = "#56B4E9"  # of a mark that lies on a picture or a heatmap
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
SEQUENTIAL = "cividis"  # for heatmaps: perceptually even, the same to a color-blind eye
DIVERGING = "RdBu_r"

STYLE: dict[str, Any] = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "legend.frameon": False,
    "image.interpolation": "nearest",
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINE_STYLES),
    # Glyphs as paths look the same in every renderer; a fixed salt makes two runs equal.
    "svg.fonttype": "path",
    "svg.hashsalt": "proofsheet",
}
plt.rcParams.update(STYLE)


def new(
    rows: int = 1, columns: int = 1, *, width: float = 1.0, height: float = 2.4, **options: Any
) -> tuple[Figure, Any]:
    """A figure and its axes (as `plt.subplots` returns them).

    Args:
        rows, columns: grid of axes.
        width: share of the text width, in (0, 1]; write the same width in the chapter.
        height: of the whole figure, in inches.
        options: of `plt.subplots`.
    """
    return plt.subplots(rows, columns, figsize=(TEXT_WIDTH * width, height), **options)


def save(figure: Figure, path: str | Path, *, standin: bool = False) -> None:
    """Save as SVG (format from the suffix) and close; stand-in data is stamped on the figure."""
    if standin:
        figure.text(
            0.995, 0.005, "stand-in data", ha="right", va="bottom", fontsize=7, color="#B00020"
        )
    with replacing(path) as temporary:
        # No date in the file: the same data give the same bytes.
        figure.savefig(temporary, metadata={"Date": None} if temporary.suffix == ".svg" else None)
    plt.close(figure)


def feature_maps(axes: Any, marked: np.ndarray) -> None:
    """Three visible sides of a batch: channels to the right, pixels down, images to the back.

    Args:
        axes: where to draw; its frame is taken off and its scales made equal.
        marked: (N, C, H·W), true for the elements in color.
    """
    batch, channels, pixels = marked.shape
    right, down, back = np.array([[1.0, 0.0], [0.0, -1.0], [0.45, 0.32]])  # one step, on paper
    sides = (
        # corner of the side, its two directions, which cells it shows, how light it is
        (np.zeros(2), right, down, marked[0].T, 1.0),
        (np.zeros(2), right, back, marked[:, :, 0], 0.85),
        (channels * right, back, down, marked[:, -1].T, 0.7),
    )
    for corner, along, across, cells, light in sides:
        for (j, i), inside in np.ndenumerate(cells):
            start = corner + i * along + j * across
            cell = [start, start + along, start + along + across, start + across]
            face = light * np.array(to_rgb(COLOURS[0] if inside else "0.95"))
            axes.add_patch(Polygon(cell, facecolor=face, edgecolor="0.35", linewidth=0.5))
    wide, high = batch * back
    axes.set_xlim(-1.1, channels + wide + 0.4)
    axes.set_ylim(-pixels - 1.1, high + 0.3)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.text(channels / 2, -pixels - 0.15, "C", ha="center", va="top")
    axes.text(-0.2, -pixels / 2, "H, W", ha="right", va="center", rotation=90)
    axes.text(wide / 2 - 0.25, high / 2 + 0.15, "N", ha="right", va="bottom")


def heatmap(axes: Any, counts: Any, labels: list[str]) -> None:
    """Confusion matrix with a number in each cell: rows are true classes, columns predicted.

    The color is the share of the row, so that rare classes are as visible.

    Args:
        counts: (K, K) integers.
    """
    counts = np.asarray(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=shares.max() or 1, aspect="equal")
    axes.grid(False)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true")
    threshold = (shares.max() or 1) / 2
    for (row, column), count in np.ndenumerate(counts):
        dark = shares[row, column] < threshold
        axes.text(
            column, row, f"{count}", ha="center", va="center", fontsize=7,
            color="white" if dark else "black",
        )  # fmt: skip
