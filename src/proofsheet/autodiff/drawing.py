"""The graph of a trace, drawn from left to right: layers, few crossings, smooth edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.patches import Circle
from scipy.optimize import isotonic_regression

Graph = Mapping[Any, Sequence[Any]]  # node -> its parents; parents come first


def layers_of(parents: Graph) -> dict[Any, int]:
    """Layer of each node: one after its last parent; an input just before its first child."""
    layer: dict[Any, int] = {}
    for node, above in parents.items():
        layer[node] = 1 + max((layer[parent] for parent in above), default=-1)
    for node, above in parents.items():
        children = [layer[child] for child, names in parents.items() if node in names]
        if not above and children:
            layer[node] = min(children) - 1
    return layer


def layout(parents: Graph, sweeps: int = 12) -> dict[Any, tuple[float, float]]:
    """Positions of the nodes, and of the bends (child, parent, layer) of edges that pass layers.

    Nodes of a layer are ordered by the mean height of their neighbours, to and fro, which leaves
    few crossings [Sugiyama 1981]; then they move towards that mean as far as distance 1 allows.
    """
    layer = layers_of(parents)
    edges = []
    for child, above in parents.items():
        for parent in dict.fromkeys(above):
            bends = [(child, parent, k) for k in range(layer[parent] + 1, layer[child])]
            layer |= {bend: bend[2] for bend in bends}
            chain = [parent, *bends, child]
            edges += list(pairwise(chain))
    columns = [[n for n in layer if layer[n] == k] for k in range(max(layer.values()) + 1)]
    height = {node: float(i) for column in columns for i, node in enumerate(column)}
    neighbours: dict[Any, list[Any]] = {node: [] for node in layer}
    for parent, child in edges:
        neighbours[parent].append(child)
        neighbours[child].append(parent)

    def crossings() -> int:
        pairs = [(layer[a], height[a], height[b]) for a, b in edges]
        return sum(
            k == m and (a - c) * (b - d) < 0
            for i, (k, a, b) in enumerate(pairs)
            for m, c, d in pairs[:i]
        )

    def mean(node: Any, side: int) -> float:
        near = [height[n] for n in neighbours[node] if side * (layer[n] - layer[node]) > 0]
        return float(np.mean(near)) if near else height[node]

    best, fewest = dict(height), crossings()
    for sweep in range(sweeps):
        side = 1 if sweep % 2 else -1
        for column in columns[::-side]:
            column.sort(key=lambda node: mean(node, side))
            height |= {node: float(i) for i, node in enumerate(column)}
        if crossings() < fewest:
            best, fewest = dict(height), crossings()
    height = best
    for column in columns:
        column.sort(key=height.get)
    # Inputs give way, so that the computation itself runs straight.
    weight = {node: 1.0 if node not in parents or parents[node] else 0.01 for node in layer}
    for _ in range(200):
        for column in columns:
            wanted = [
                np.average([height[n] for n in near], weights=[weight[n] for n in near])
                for near in (neighbours[node] or [node] for node in column)
            ]
            placed = _apart(wanted, [weight[node] for node in column])
            height |= {n: 0.5 * (height[n] + y) for n, y in zip(column, placed, strict=True)}
    middle = (max(height.values()) + min(height.values())) / 2
    return {node: (float(layer[node]), height[node] - middle) for node in layer}


def _apart(wanted: Sequence[float], weights: Sequence[float]) -> np.ndarray:
    """The heights nearest to `wanted` (weighted least squares) in this order, 1 or more apart.

    With the distances taken off this is isotonic regression.
    """
    place = np.arange(len(wanted))
    return isotonic_regression(np.subtract(wanted, place), weights=weights).x + place


def draw_graph(
    axes: Any,
    parents: Graph,
    *,
    above: Mapping[Any, str] | None = None,
    below: Mapping[Any, str] | None = None,
    colours: tuple[str, str] = ("#0072B2", "#D55E00"),
    row_distance: float = 0.8,
    radius: float = 0.2,
    backward: bool = False,
) -> None:
    """Draw nodes as circles with their names (LaTeX without dollars), inputs tinted.

    Args:
        axes: where to draw; without frame, scales equal.
        parents: of every node, parents first.
        above, below: text (mathtext) over and under a node, in the two `colours`.
        row_distance, radius: in units of the distance between layers.
        backward: draw the arrows against the edges, as the reverse sweep runs.
    """
    place = {node: (x, y * row_distance) for node, (x, y) in layout(parents).items()}
    for child, names in parents.items():
        for parent in dict.fromkeys(names):
            passed = [n for n in place if isinstance(n, tuple) and n[:2] == (child, parent)]
            bends = sorted(passed, key=lambda n: n[2])
            route = [place[node] for node in (parent, *bends, child)]
            _draw_edge(axes, route[::-1] if backward else route, radius)
    for node, names in parents.items():
        x, y = place[node]
        fill = "white" if names else "#E3EBF3"
        axes.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor="black", linewidth=0.8))
        axes.annotate(f"${node}$", (x, y), ha="center", va="center", fontsize=9)
        for texts, colour, side in ((above, colours[0], 1), (below, colours[1], -1)):
            if texts and node in texts:
                axes.annotate(
                    texts[node], (x, y + side * radius), (0, 2 * side),
                    textcoords="offset points", ha="center", va="bottom" if side > 0 else "top",
                    color=colour, fontsize=8, zorder=4,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
                )  # fmt: skip
    # Room for what is there: a circle with its text, or only the line of an edge that passes.
    xs = [place[node][0] for node in parents]
    margin = radius + 0.1
    axes.set_xlim(min(xs) - margin, max(xs) + margin)
    over, under = (radius + (0.3 if texts else 0.1) for texts in (above, below))
    axes.set_ylim(
        min(y - (under if node in parents else 0.1) for node, (_, y) in place.items()),
        max(y + (over if node in parents else 0.1) for node, (_, y) in place.items()),
    )
    axes.set_aspect("equal", anchor="N")  # titles of graphs side by side stay level
    axes.set_axis_off()


def _draw_edge(axes: Any, route: Sequence[tuple[float, float]], radius: float) -> None:
    """A smooth line through the route, from circle to circle, with an arrow head at its end."""
    t = np.linspace(0, 1, 60)[:, None]
    rise = t * t * (3 - 2 * t)  # level at both ends of a piece
    pieces = [
        np.hstack([x0 + t * (x1 - x0), y0 + rise * (y1 - y0)])
        for (x0, y0), (x1, y1) in pairwise(route)
    ]
    points = np.concatenate(pieces)
    from_start, from_end = (np.hypot(*(points - points[i]).T) for i in (0, -1))
    line = points[(from_start > radius) & (from_end > radius)]
    axes.plot(*line[:-3].T, "-", color="#666666", linewidth=0.8)
    axes.annotate(
        "", line[-1], line[-6],
        arrowprops={"arrowstyle": "-|>", "mutation_scale": 7, "color": "#666666",
                    "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
