"""CS 7643 PS 2, problem 3: the proximal model in one and in two dimensions."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script

LAMBDAS = (2.0, 1.0, 0.5)
POINT = 1.6  # w_t on the left, where f is log cosh w
START, CURVATURE = np.array([1.2, 1.0]), np.array([0.6, 1.2])  # on the right: Σ log cosh(c_i w_i)


def log_cosh(w):
    return np.log(np.cosh(w))


with script.run(snakemake):
    figure, (left, right) = figures.new(1, 2, height=2.1, width_ratios=(1.25, 1))
    x = np.linspace(-2.6, 3, 201)
    value, slope = log_cosh(POINT), np.tanh(POINT)
    tangent = value + slope * (x - POINT)
    left.plot(x, log_cosh(x), color="black", ls="-", lw=1.8, label="$f$")
    left.plot(x, tangent, color="0.45", ls="--", label="tangent")
    gradient = CURVATURE * np.tanh(CURVATURE * START)
    for lam, color, line, marker in zip(
        LAMBDAS, figures.COLOURS, figures.LINE_STYLES[1:], figures.MARKERS, strict=False
    ):
        model = tangent + lam / 2 * (x - POINT) ** 2
        left.plot(x, model, color=color, ls=line, lw=1.1, label=rf"$\lambda = {lam:g}$")
        least = value - slope**2 / (2 * lam)
        left.plot(POINT - slope / lam, least, marker, color=color, ms=5)
        best = START - gradient / lam
        right.plot(*best, marker, color=color, ms=6, zorder=3)
        radius = np.linalg.norm(best - START)
        circle = figures.plt.Circle(START, radius, fill=False, color=color, ls=line, lw=0.9)
        right.add_patch(circle)
    left.plot(POINT, value, "o", color="black", ms=5)
    left.annotate("$w_t$", (POINT, value), (1.72, 0.62))
    left.set(xlabel="$w$", ylabel="value", ylim=(-1.6, 2.6))
    left.legend(loc="lower right", ncols=2, fontsize=7.5, handlelength=1.6)

    grid = np.linspace(-1.6, 1.8, 81)
    across, up = np.meshgrid(grid, grid)
    levels = log_cosh(CURVATURE[0] * across) + log_cosh(CURVATURE[1] * up)
    right.contour(grid, grid, levels, 9, colors="0.6", linewidths=0.7)
    right.plot(*np.transpose([START, best]), color="black", ls="-", lw=0.8)
    right.plot(*START, "o", color="black", ms=5, zorder=3)
    right.annotate("$w_t$", START, START + 0.1)
    right.set(xlabel="first coordinate", ylabel="second coordinate", aspect="equal",
              xlim=(grid[0], grid[-1]), ylim=(grid[0], grid[-1]))  # fmt: skip
    right.grid(False)
    figures.save(figure, snakemake.output.proximal)
