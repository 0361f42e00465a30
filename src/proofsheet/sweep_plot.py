"""The figure of a sweep: mean and spread over the seeds of each setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from proofsheet import figures
from proofsheet.sweeps import shown


def draw(settings: Sequence[Mapping[str, Any]], metric: str = "validation_accuracy") -> Figure:
    """Means with a bar of one deviation each way, along the parameter with the most values.

    The other parameters make the lines; where they are more than there are colours, all are grey.
    """
    seen: dict[str, list[Any]] = {}
    for entry in settings:
        for name, value in entry["parameters"].items():
            if value not in seen.setdefault(name, []):
                seen[name].append(value)
    numbers = {n: all(isinstance(v, int | float) for v in values) for n, values in seen.items()}
    axis = max(seen, key=lambda name: (numbers[name], len(seen[name])), default="")
    ticks = sorted(seen.get(axis, [""])) if numbers.get(axis) else seen.get(axis, [""])
    lines: dict[str, list[tuple[int, float, float]]] = {}
    for entry in settings:
        others = ", ".join(
            f"{name.replace('_', ' ')} {shown(value)}"
            for name, value in entry["parameters"].items()
            if name != axis and len(seen[name]) > 1
        )
        measured = entry["metrics"][metric]
        place = ticks.index(entry["parameters"].get(axis, ""))
        lines.setdefault(others, []).append((place, measured["mean"], measured["deviation"] or 0))

    figure, axes = figures.new(height=2.8)
    few = len(lines) <= len(figures.COLOURS)
    for number, (label, points) in enumerate(lines.items()):
        x, mean, deviation = zip(*sorted(points), strict=True)
        look = {"color": figures.COLOURS[number], "marker": figures.MARKERS[number]} if few else {
            "color": "0.5", "linestyle": "-", "marker": "o", "alpha": 0.6}  # fmt: skip
        axes.errorbar(x, mean, deviation, capsize=2, label=label, **look)
    axes.set_xticks(range(len(ticks)), [shown(value) if value != "" else "" for value in ticks])
    if len(ticks) > 12:
        axes.set_xticks(axes.get_xticks()[:: -(-len(ticks) // 12)])
        axes.set_xticklabels([shown(ticks[int(t)]) for t in axes.get_xticks()])
    axes.set(xlabel=axis.replace("_", " "), ylabel=metric.replace("_", " "))
    if few and len(lines) > 1:
        figure.legend(loc="outside lower center", ncols=min(3, len(lines)))
    return figure
