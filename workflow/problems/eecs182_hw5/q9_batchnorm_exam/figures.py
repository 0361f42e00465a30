"""EECS 182 HW 5, question 9: both drawings, from the batches."""

import numpy as np
from matplotlib.patches import Rectangle
from scipy import stats

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

BEFORE, AFTER, BLACK = figures.COLOURS[0], figures.COLOURS[1], "black"

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)

    # (a) Densities before and after
    figure, panel = figures.new(width=0.75, height=2.1)
    bins = arrays["bins"]
    at = (bins[:-1] + bins[1:]) / 2
    panel.axvline(3, color=BLACK, lw=0.8, ls=":")
    for what, colour, style in (("input", BEFORE, "-"), ("output", AFTER, "--")):
        density = arrays[f"line_{what}"]
        panel.fill_between(at, density, step="mid", color=colour, alpha=0.3, lw=0)
        panel.plot(at, density, color=colour, ls=style, lw=1.0, drawstyle="steps-mid", label=what)
    panel.plot(at, stats.norm(1.5, 0.4).pdf(at), color=BLACK, lw=0.6, ls="-")
    panel.plot(at, stats.norm(3, 1).pdf(at), color=BLACK, lw=0.6, ls="-",
               label="$N(1.5, 0.16)$, $N(3, 1)$")  # fmt: skip
    panel.set(xlim=(-0.5, 7), xlabel="value", ylabel="density", ylim=(0, None), yticks=[])
    panel.set_xticks(range(8))
    panel.text(3.08, 0.97, r"$\beta = 3$", transform=panel.get_xaxis_transform(), va="top")
    panel.legend(loc="upper right")
    figures.save(figure, snakemake.output.line)

    # (b) Points and contours before and after
    figure, panels = figures.new(1, 2, height=3.0, sharex=True, sharey=True)
    for panel, (name, title) in zip(
        panels, {"upright": "uncorrelated", "tilted": r"correlation $\rho = 0.7$"}.items(),
        strict=True,
    ):  # fmt: skip
        for k in (1, 2):
            panel.add_patch(Rectangle((-k, -k), 2 * k, 2 * k, fill=False, ec="#888888", lw=0.7,
                                      ls=":", label="squares" if k == 1 else None))  # fmt: skip
        for what, colour, style in (("input", BEFORE, "-"), ("output", AFTER, "--")):
            points = arrays[f"{name}_{what}"]
            panel.plot(*points.T, ".", color=colour, ms=1.5, alpha=0.35, ls="none")
            for k in (1, 2):
                panel.plot(*arrays[f"{name}_{what}_{k}"].T, color=colour, ls=style, lw=1.3,
                           label=what if k == 1 else None)  # fmt: skip
            centre = np.mean(arrays[f"{name}_{what}_2"][:-1], axis=0)
            panel.plot(*centre, "+", color=BLACK, ms=6, mew=1.2)
        panel.set(title=title, xlabel="$x_1$, $z_1$", xlim=(-3.4, 7.2), ylim=(-3.4, 4.2))
        panel.set_aspect("equal")
    panels[0].set_ylabel("$x_2$, $z_2$")
    panels[1].legend(loc="lower right")
    figures.save(figure, snakemake.output.plane)
