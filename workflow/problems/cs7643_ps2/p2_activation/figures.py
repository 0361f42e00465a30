"""CS 7643 PS 2, problem 2: softsign beside its relatives, at 0, and in depth; one table."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report import numbers
from proofsheet.report.tables import write_table

# In figures and in the table; the slope's tail in the table only.
FUNCTIONS = {
    "softsign": (r"$x/(1+|x|)$", r"$1/x^2$"),
    "arctan": (r"$\frac{2}{\pi}\arctan\frac{\pi x}{2}$", r"$4/(\pi x)^2$"),
    "inverse_root": (r"$x/\sqrt{1+x^2}$", r"$1/x^3$"),
    "tanh": (r"$\tanh x$", r"$4 e^{-2x}$"),
    "erf": (r"$\mathrm{erf}(\sqrt{\pi}\,x/2)$", r"$e^{-\pi x^2/4}$"),
}

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # Functions, slopes, tails
    figure, axes = figures.new(1, 3, height=2.9)
    for i, (name, (formula, _)) in enumerate(FUNCTIONS.items()):
        look = {"color": figures.COLOURS[i], "ls": figures.LINE_STYLES[i],
                "lw": 2.0 if name == "softsign" else 1.2}  # fmt: skip
        axes[0].plot(arrays["x"], arrays[f"{name}_values"], label=formula, **look)
        axes[1].plot(arrays["x"], arrays[f"{name}_slopes"], **look)
        axes[2].loglog(arrays["tail"], arrays[f"{name}_tail"], **look)
    axes[0].set(title="activation", xlabel="$x$", xticks=range(-4, 5, 2))
    axes[1].set(title="derivative", xlabel="$x$", xticks=range(-4, 5, 2))
    axes[2].set(title="derivative, logarithmic", xlabel="$x$", ylim=(1e-8, 3))
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5,
                  fontsize=8, columnspacing=1.2, handlelength=2.2)  # fmt: skip
    figures.save(figure, snakemake.output.activation)

    # At 0, and n times
    figure, (left, right) = figures.new(1, 2, height=2.4)
    left.plot(arrays["h"], arrays["quotient"], color=figures.COLOURS[0], ls="-",
              label="$(g(h) - g(0))/h$")  # fmt: skip
    left.plot(arrays["h"], arrays["slope_at_h"], color=figures.COLOURS[1], ls="--",
              label="$g'(h)$")  # fmt: skip
    left.plot(0, 1, "o", color="black")
    left.set(xlabel="$h$", ylim=(0, 1.08))
    left.legend(loc="lower center")

    count = arrays["count"]
    for i, name in enumerate(("softsign", "tanh", "sigmoid")):
        right.loglog(count, arrays[f"{name}_depth"], color=figures.COLOURS[(0, 3, 4)[i]],
                     ls=figures.LINE_STYLES[i], lw=(2.4, 1.3, 1.3)[i], label=name)  # fmt: skip
    right.loglog(count, 1 / (1 + count) ** 2, color="black", ls=":", lw=0.9,
                 label="$1/(1+n)^2$")  # fmt: skip
    right.set(xlabel="number of times $n$", ylabel="slope at $x = 1$", ylim=(1e-8, 1))
    right.legend(loc="lower left")
    figures.save(figure, snakemake.output.limits)

    write_table(
        snakemake.output.slopes,
        ["activation", "$x = 1$", "$x = 2$", "$x = 5$", "$x = 10$", "for large $x$"],
        [
            [
                # A bar would end the cell.
                formula.replace("|x|", r"\left\vert x\right\vert"),
                *(
                    numbers.fixed(slope) if slope >= 1e-3 else numbers.scientific(slope)
                    for slope in metrics["slopes"][name].values()
                ),
                tail,
            ]
            for name, (formula, tail) in FUNCTIONS.items()
        ],
    )
