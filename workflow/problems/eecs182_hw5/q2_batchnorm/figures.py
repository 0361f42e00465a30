"""EECS 182 HW 5, question 2: the slices of a batch that are normalized together."""

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

METHODS = {
    "batch": "batch norm: (N, H, W)",
    "layer": "layer norm: (C, H, W)",
    "instance": "instance norm: (H, W)",
}
DEPTH = np.array([0.45, 0.32])  # on paper, one step along N


def draw_feature_maps(axes: Any, marked: np.ndarray) -> None:
    """Three visible sides of a batch: channels to the right, pixels down, images to the back.

    Args:
        axes: where to draw; its frame is taken off and its scales made equal.
        marked: (N, C, H·W), true for the elements in color.
    """
    batch, channels, pixels = marked.shape
    right, down = np.array([1.0, 0.0]), np.array([0.0, -1.0])
    sides = (
        # corner of the side, its two directions, which cells it shows, how light it is
        (np.zeros(2), right, down, marked[0].T, 1.0),
        (np.zeros(2), right, DEPTH, marked[:, :, 0], 0.85),
        (channels * right, DEPTH, down, marked[:, -1].T, 0.7),
    )
    for corner, along, across, cells, light in sides:
        for (j, i), inside in np.ndenumerate(cells):
            start = corner + i * along + j * across
            cell = [start, start + along, start + along + across, start + across]
            face = np.array(to_rgb(figures.COLOURS[0])) if inside else np.full(3, 0.95)
            axes.add_patch(Polygon(cell, facecolor=face * light, edgecolor="0.35", linewidth=0.5))
    back = batch * DEPTH
    axes.set_xlim(-1.1, channels + back[0] + 0.4)
    axes.set_ylim(-pixels - 1.1, back[1] + 0.3)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.text(channels / 2, -pixels - 0.15, "C", ha="center", va="top")
    axes.text(-0.2, -pixels / 2, "H, W", ha="right", va="center", rotation=90)
    axes.text(back[0] / 2 - 0.25, back[1] / 2 + 0.15, "N", ha="right", va="bottom")


with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)
    figure, axes = figures.new(1, 3, width=0.9, height=1.6)
    for axis, (method, title) in zip(axes, METHODS.items(), strict=True):
        draw_feature_maps(axis, arrays[f"cube_{method}"])
        axis.set_title(title)
    figures.save(figure, snakemake.output.slices)
