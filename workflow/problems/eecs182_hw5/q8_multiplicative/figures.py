"""EECS 182 HW 5, question 8: the mean loss against σ, and the options in standard errors."""

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

NOISES = {"normal": "normal", "uniform": "uniform", "coin": "two values (dropout)"}
A_LABELS = (r"$\mu$", r"$2\mu$", r"$\mu/2$", r"$\sigma$", r"$2\sigma$", r"$\sigma/2$")
B_LABELS = tuple(
    label.format(letter) for letter in (r"\mu", r"\sigma")
    for label in ("${}^2$", "$2{}^2$", "${}^2/2$")
)  # fmt: skip

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)
    figure, (left, right) = figures.new(1, 2, height=2.7, width_ratios=(1, 1.15))

    variance = arrays["sigmas"] ** 2
    left.plot(variance, arrays["exact"], "k-", lw=1, label="computed")
    for i, (name, label) in enumerate(NOISES.items()):
        # Beside each other, so that no bar hides another.
        left.errorbar(
            variance + 0.02 * (i - 1), arrays[f"mean_{name}"], 5 * arrays[f"error_{name}"],
            fmt=figures.MARKERS[i], color=figures.COLOURS[i], mfc="none", lw=0.9, capsize=2,
            label=label,
        )  # fmt: skip
    left.set(xlabel=r"variance $\sigma^2$", ylabel="mean loss", ylim=(0, None))
    left.legend(loc="upper left")

    # From below, as a table is read from above
    distances = arrays["distances"]
    colours = ListedColormap([figures.COLOURS[2], "#EEEEEE"])
    right.imshow(distances, cmap=colours, norm=BoundaryNorm([0, 5, 1e9], 2), aspect="auto")
    right.grid(False)
    right.set_xticks(range(6), B_LABELS)
    right.set_yticks(range(6), A_LABELS)
    right.set(xlabel="(B)", ylabel="(A)")
    for (row, column), distance in np.ndenumerate(distances):
        inside = distance < 5
        text = f"{distance:.1f}" if inside else f"{distance:,.0f}"
        right.text(column, row, text, ha="center", va="center", fontsize=7,
                   color="white" if inside else "black")  # fmt: skip
    figures.save(figure, snakemake.output.options)
