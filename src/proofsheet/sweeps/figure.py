"""The figure of a sweep: mean and spread over the seeds of each setting."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from proofsheet import figures
from proofsheet.sweeps.grid import shown

LABELLED = 12
"""Ticks and names beyond this are not readable side by side."""

Setting = Mapping[str, Any]


def draw(settings: Sequence[Setting], metric: str = "validation_accuracy") -> Figure:
    """Means with a bar of one deviation each way.

    The axis is a parameter of numbers, to scale (logarithmic if they span a factor of ten), or one
    of names side by side, and the others make the lines; it is chosen so that there are no more
    lines than colors. If there are more all the same, two parameters make a map with the means as
    colors, and of three or more the lines are gray.

    Args:
        settings: as `sweeps.aggregated` gives them.
        metric: a key of their `metrics`; where its mean is null nothing is drawn.
    """
    values = _values(settings)
    varied = [name for name, found in values.items() if len(found) > 1]
    lines = {
        name: math.prod(len(values[other]) for other in varied if other != name) for name in varied
    }
    axis = max(
        varied,
        key=lambda name: (
            lines[name] <= len(figures.COLOURS), _numbers(values[name]), len(values[name])
        ),
        default=next(iter(values), ""),
    )  # fmt: skip
    others = [name for name in varied if name != axis]
    if lines.get(axis, 1) > len(figures.COLOURS) and len(others) == 1:
        return _map(settings, values, axis, others[0], metric)
    return _lines(settings, values, axis, others, metric)


def _values(settings: Sequence[Setting]) -> dict[str, list[Any]]:
    """The values of each parameter, numbers in their order, others in that of the grid."""
    values: dict[str, list[Any]] = {}
    for entry in settings:
        for name, value in entry["parameters"].items():
            if value not in values.setdefault(name, []):
                values[name].append(value)
    return {name: sorted(found) if _numbers(found) else found for name, found in values.items()}


def _numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _lines(
    settings: Sequence[Setting], values: Mapping[str, list[Any]], axis: str,
    others: Sequence[str], metric: str,
) -> Figure:  # fmt: skip
    figure, axes = figures.new(height=3.0)
    places, (scale, label) = _places(axes, values.get(axis, [])), _unit(metric)
    axes.set(xlabel=_words(axis), ylabel=label)
    lines: dict[str, list[Setting]] = {}
    for entry in settings:
        lines.setdefault(
            ", ".join(_words(shown(entry["parameters"][name])) for name in others), []
        ).append(entry)
    few = len(lines) <= len(figures.COLOURS)
    for number, (said, entries) in enumerate(lines.items()):
        points = []
        for entry in entries:
            measured = entry["metrics"][metric]
            if measured["mean"] is not None:
                value = entry["parameters"].get(axis, "")
                points.append(
                    (
                        places.get(shown(value), 0),
                        scale * measured["mean"],
                        scale * (measured["deviation"] or 0),
                    )
                )
        if not points:
            continue
        x, mean, deviation = zip(*sorted(points), strict=True)
        look = {"color": "0.5", "linestyle": "-", "marker": "o", "alpha": 0.6}
        if few:
            look = {
                "color": figures.COLOURS[number],
                "linestyle": figures.LINE_STYLES[number],
                "marker": figures.MARKERS[number],
            }
        if not _numbers(values.get(axis, [])):
            # Nothing lies between two names; side by side, so that bars do not hide each other.
            look["linestyle"] = "none"
            x = [place + 0.1 * (number - (len(lines) - 1) / 2) for place in x] if few else x
        axes.errorbar(x, mean, deviation, capsize=2, label=said, **look)
    if few and len(lines) > 1:
        columns = max(1, min(4, len(lines), 80 // (max(map(len, lines)) + 8)))
        title = ", ".join(map(_words, others))
        figure.legend(loc="outside lower center", ncols=columns, title=title)
    repeats = max((entry["runs"] for entry in settings), default=1)
    if repeats > 1:
        axes.set_title(f"mean and one standard deviation of {repeats} runs", fontsize=8, loc="left")
    return figure


def _places(axes: Axes, values: Sequence[Any]) -> dict[str, float]:
    """Set up the horizontal axis; where each value is on it, by what is shown of it."""
    if not values:
        axes.set_xticks([])
        return {}
    if not _numbers(values):
        axes.set_xticks(range(len(values)), [_words(shown(value)) for value in values])
        axes.set_xlim(-0.5, len(values) - 0.5)
        axes.grid(axis="x", visible=False)
        if len(values) > LABELLED or sum(len(shown(value)) for value in values) > 80:
            axes.tick_params(axis="x", rotation=60)
        return {shown(value): place for place, value in enumerate(values)}
    if min(values) > 0 and max(values) >= 10 * min(values):
        axes.set_xscale("log")
    if len(values) <= LABELLED:
        axes.set_xticks(values, [shown(value) for value in values])
        axes.set_xticks([], minor=True)
    return {shown(value): value for value in values}


def _map(
    settings: Sequence[Setting], values: Mapping[str, list[Any]], across: str, up: str, metric: str
) -> Figure:
    figure, axes = figures.new(height=3.4)
    scale, label = _unit(metric)
    means = [[math.nan] * len(values[across]) for _ in values[up]]
    for entry in settings:
        mean = entry["metrics"][metric]["mean"]
        row = values[up].index(entry["parameters"][up])
        column = values[across].index(entry["parameters"][across])
        means[row][column] = math.nan if mean is None else scale * mean
    image = axes.imshow(means, cmap=figures.SEQUENTIAL, aspect="auto", origin="lower")
    for name, set_ticks in ((across, axes.set_xticks), (up, axes.set_yticks)):
        every = -(-len(values[name]) // LABELLED)
        places = range(0, len(values[name]), every)
        set_ticks(places, [shown(values[name][place]) for place in places])
    axes.grid(False)
    axes.set(xlabel=_words(across), ylabel=_words(up))
    figure.colorbar(image, label=label)
    return figure


def _unit(metric: str) -> tuple[float, str]:
    """By what a metric is multiplied, and its label: shares are drawn in per cent."""
    return (1, _words(metric)) if "loss" in metric else (100, f"{_words(metric)} / %")


def _words(name: str) -> str:
    return name.replace("_", " ")
