"""CSCI 5527 HW 2, problem 1: the spectrum, the convergence of gradient descent, all starts."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

PROBLEMS = {"autoencoder": "autoencoder $f$", "factorization": "factorization $g$"}

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)
    rank = metrics["rank"]

    figure, axes = figures.new(width=0.75, height=1.8)
    eigenvalues = arrays["eigenvalues"]
    index = np.arange(1, len(eigenvalues) + 1)
    axes.semilogy(index[:rank], eigenvalues[:rank], "o", label=f"kept: $i \\leq {rank}$")
    axes.semilogy(
        index[rank:], eigenvalues[rank:], "s", mfc="none", label=f"discarded: $i > {rank}$"
    )
    axes.axvline(rank + 0.5, color="black", linestyle=":", linewidth=0.8)
    axes.set(xlabel="$i$", ylabel=r"$\lambda_i$ of $X^\top X/m$")
    axes.legend(loc="center right")
    figures.save(figure, snakemake.output.spectrum)

    figure, axes = figures.new(2, 2, height=2.8, sharex="col")
    for column, (name, title) in enumerate(PROBLEMS.items()):
        result = metrics[name]
        for start in range(result["starts"]["count"]):
            excess = arrays[f"{name}_{start}_losses"] / result["optimum"] - 1
            # Rounding may leave the last losses at the optimum or below, off a logarithmic axis.
            axes[0, column].semilogy(np.where(excess > 0, excess, np.nan))
            axes[1, column].semilogy(
                arrays[f"{name}_{start}_gradient_norms"], label=f"start {start + 1}"
            )
        axes[0, column].set_title(title)
        axes[1, column].set_xlabel("iteration $k$")
    axes[0, 0].set_ylabel("relative excess loss")
    axes[1, 0].set_ylabel("gradient norm")
    # Below the panels: inside them it would lie on the curves.
    figure.legend(loc="outside lower center", handles=axes[1, 0].lines, ncols=5)
    figures.save(figure, snakemake.output.convergence)

    rows = []
    for name in PROBLEMS:
        starts = metrics[name]["starts"]
        for start in range(starts["count"]):
            rows.append(
                [
                    name if start == 0 else "",
                    f"{start + 1}" + (" (chosen)" if start + 1 == starts["chosen"] else ""),
                    numbers.integer(starts["iterations"][start]),
                    numbers.integer(starts["evaluations"][start]),
                    numbers.fixed(starts["losses"][start], 8),
                    numbers.scientific(starts["gradient_norms"][start]),
                    numbers.scientific(starts["differences"][start], 2),
                ]
            )
    measures = ["steps", "losses tried", "final loss", "final ‖∇‖", "difference to A₁"]
    write_table(snakemake.output.starts, ["loss", "start", *measures], rows, "lrrrrrr")
