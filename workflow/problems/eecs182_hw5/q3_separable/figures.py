"""EECS 182 HW 5, question 3: which channels are connected."""

from matplotlib.patches import Circle

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json

RADIUS = 0.17

with script.run(snakemake):
    question = read_json(snakemake.input.metrics)["question"]
    given, made, kernel = (question[name] for name in ("given", "made", "kernel"))

    def column(axis, x: float, count: int, names: str) -> list[tuple[float, float]]:
        """Channels above each other, in the middle of the panel."""
        places = [(x, (count - 1) / 2 - i) for i in range(count)]
        for i, place in enumerate(places, start=1):
            axis.add_patch(Circle(place, RADIUS, facecolor="#E3EBF3", edgecolor="black", lw=0.8,
                                  zorder=3))  # fmt: skip
            axis.annotate(f"${names}_{i}$", place, ha="center", va="center", fontsize=8, zorder=4)
        return places

    def connect(axis, pairs, colour: str, style: str) -> None:
        for (x0, y0), (x1, y1) in pairs:
            axis.plot([x0, x1], [y0, y1], color=colour, linestyle=style, linewidth=1.0)

    spatial, mixing = figures.COLOURS[0], figures.COLOURS[1]
    figure, (left, right) = figures.new(
        1, 2, height=2.3, width=0.9, gridspec_kw={"width_ratios": [1, 1.9]}
    )
    x, y = column(left, 0, given, "x"), column(left, 1.5, made, "y")
    connect(left, [(a, b) for a in x for b in y], spatial, "-")
    left.set_title(f"standard: {given} · {made} kernels of {kernel} × {kernel}")
    x, z, y = (
        column(right, 0, given, "x"),
        column(right, 1.5, given, "z"),
        column(right, 3, made, "y"),
    )
    connect(right, zip(x, z, strict=True), spatial, "-")
    connect(right, [(a, b) for a in z for b in y], mixing, "--")
    right.set_title(
        f"depthwise: {given} of {kernel} × {kernel};  pointwise: {given} · {made} numbers"
    )
    for axis in (left, right):
        axis.set_aspect("equal")
        axis.axis("off")
        axis.set_ylim(-made / 2 - 0.1, made / 2 + 0.1)
    figures.save(figure, snakemake.output.channels)
