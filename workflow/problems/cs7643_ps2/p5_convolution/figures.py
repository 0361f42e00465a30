"""CS 7643 PS 2, problem 5: matrices and their commutators, layers under shifts, learning."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import fixed, integer, scientific
from proofsheet.report.tables import write_table

MAPS = {
    "circular": "circulant",
    "zeros": "zero padding",
    "stride": "stride 2",
    "dense": "dense",
}
LAYERS = {
    "circular": "convolution, circular",
    "relu": "convolution, bias, ReLU",
    "max_same": "maximum of 2, stride 1",
    "zeros": "convolution, zero padding",
    "stride": "convolution, stride 2",
    "max_pool": "max-pooling 2, stride 2",
    "blur_pool": "maximum, blur, stride 2",
    "network": "3 × (convolution, ReLU, max-pooling 2)",
    "network_mean": "the same, then the global mean",
    "same_mean": "2 × (convolution, ReLU), then the global mean",
}


def error_text(value: float) -> str:
    """An error that is rounding, or one that is an error."""
    return scientific(value) if value < 1e-3 else fixed(value, 3)


with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    figure, axes = figures.new(2, len(MAPS), height=3.5)
    for column, (name, title) in zip(axes.T, MAPS.items(), strict=True):
        limit = np.abs(arrays[f"map_{name}"]).max()
        for axis, kind in zip(column, ("map", "commutator"), strict=True):
            image = axis.imshow(
                arrays[f"{kind}_{name}"], cmap=figures.DIVERGING, vmin=-limit, vmax=limit
            )
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
            axis.spines[:].set_visible(True)
        column[0].set_title(title)
    axes[0, 0].set_ylabel("$L$")
    axes[1, 0].set_ylabel("$LS - SL$")
    figures.save(figure, snakemake.output.matrices)

    figure, axes = figures.new(2, 2, height=3.6, sharey="row")
    for axis, (name, shift) in zip(
        axes.flat, (("circular", 3), ("zeros", 15), ("stride", 3), ("max_pool", 3)), strict=True
    ):
        axis.plot(arrays[f"then_shift_{name}"], "-", color=figures.COLOURS[0],
                  label="first the layer, then the shift")  # fmt: skip
        axis.plot(arrays[f"shift_first_{name}"], "o", color=figures.COLOURS[1],
                  label="first the shift, then the layer")  # fmt: skip
        places = len(arrays[f"shift_first_{name}"])
        axis.set(
            title=f"{LAYERS[name]}; shift by {shift}", xticks=range(0, places + 1, places // 8)
        )
    for axis in axes[1]:
        axis.set_xlabel("place")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figures.save(figure, snakemake.output.layers)

    figure, axes = figures.new(1, 2, height=2.6, sharey=True)
    for axis, names in (
        (axes[0], ("circular", "zeros", "network")),
        (axes[1], ("stride", "max_pool", "blur_pool")),
    ):
        for k, name in enumerate(names):
            errors = arrays[f"errors_{name}"]
            axis.plot(
                np.where(errors < 1e-12, 0, errors), marker=figures.MARKERS[k], lw=0.7,
                color=figures.COLOURS[k], ls=figures.LINE_STYLES[k], label=LAYERS[name],
            )  # fmt: skip
        axis.set(xlabel="shift $k$ of the input", xticks=range(0, 33, 4), ylim=(-0.05, 1.8))
        axis.legend(loc="upper center", fontsize=7)
    axes[0].set_ylabel("equivariance error")
    figures.save(figure, snakemake.output.shifts)

    figure, axis = figures.new(width=0.6, height=2.3)
    for k, (name, label) in enumerate((("dense", "any matrix"), ("circulant", "circulant"))):
        axis.semilogy(
            arrays["examples"], arrays[f"learning_{name}"], marker=figures.MARKERS[k], ms=2.5,
            lw=0.7, label=label,
        )  # fmt: skip
    axis.axvline(metrics["learning"]["size"], color="black", ls=":", lw=0.9)
    axis.set(xlabel="examples $m$ (dotted: $m = n$)", ylabel="relative error")
    axis.legend()
    figures.save(figure, snakemake.output.learning)

    write_table(
        snakemake.output.layer_errors,
        ["Layer", "shift 1", "shift 2", "shift 8", "largest", "followed"],
        [
            [
                label,
                *(
                    error_text(metrics["layers"][name][key])
                    for key in ("shift_1", "shift_2", "shift_8", "largest")
                ),
                integer(metrics["layers"][name]["followed"]),
            ]
            for name, label in LAYERS.items()
        ],
    )
