"""CS 7643 PS 2, problem 2: softsign and tanh, and the tails of their slopes."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

LABELS = {"softsign": "softsign", "tanh": r"$\tanh$"}

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)
    figure, (left, right) = figures.new(1, 2, width=0.8, height=1.7)
    for name, label in LABELS.items():
        left.plot(arrays["x"], arrays[f"{name}_values"], label=label)
        right.loglog(arrays["tail"], arrays[f"{name}_tail"], label=label)
    tail = arrays["tail"]
    right.loglog(tail, 1 / tail**2, color="black", ls=":", lw=0.9, label="$1/x^2$")
    left.set(xlabel="$x$", ylabel="activation")
    right.set(xlabel="$x$", ylabel="slope", ylim=(1e-8, 3))
    left.legend(loc="upper left")
    right.legend(loc="lower left")
    figures.save(figure, snakemake.output.activation)
