"""Deep Learning HW 1, problem 3: Adam beside momentum: scale, noise, sparsity."""

import numpy as np

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json

ADAM, MOMENTUM = figures.COLOURS[0], figures.COLOURS[1]

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)

    # The same loss times c
    figure, axes = figures.new(1, 3, height=2.1)
    for axis, name, title in zip(axes, ("adam", "momentum"), ("Adam", "momentum"), strict=False):
        for i, (scale, result) in enumerate(metrics["scales"].items()):
            exponent = round(np.log10(result["c"]))
            label = "$c = 1$" if exponent == 0 else f"$c = 10^{{{exponent}}}$"
            axis.semilogy(
                np.maximum(arrays[f"{name}_{scale}"], 1e-15),
                color=figures.COLOURS[i],
                linestyle=("-", "--", ":", "-.")[i],
                linewidth=(2.6, 1.2, 1.6, 1.2)[i],
                label=label,
            )
        axis.set(title=title, xlabel="step $t$", ylim=(1e-15, 1e6))
    axes[0].set_ylabel(r"$\ell(w_t)\,/\,\ell(w_1)$")
    axes[1].legend(fontsize=6.5, loc="upper right", ncols=2, columnspacing=0.8)
    for name, eps in {"zero": "0", "default": "10^{-8}", "large": "10^{-4}"}.items():
        distances = np.maximum(arrays[f"difference_{name}"], 1e-17)
        axes[2].loglog(arrays["factors"], distances, label=rf"$\varepsilon = {eps}$")
    axes[2].set(
        title="Adam: distance of paths",
        xlabel="$c$",
        ylabel=r"$\max_t\Vert w_t^{(c)} - w_t^{(1)}\Vert_\infty$",
        ylim=(1e-17, 30),
    )
    axes[2].legend(fontsize=6.5, loc="center left", bbox_to_anchor=(0, 0.35))
    figures.save(figure, snakemake.output.scaling)

    # Rare and noisy gradients
    figure, (left, right) = figures.new(1, 2, height=2.5)
    p = arrays["probability"]
    left.loglog(p, arrays["sparse_adam"], "o", color=ADAM, label="Adam")
    left.loglog(p, arrays["sparse_momentum"], "s", color=MOMENTUM, label="momentum")
    left.loglog(p, np.sqrt(p), color="black", ls="-", lw=0.8, label=r"$\sqrt{p}$")
    left.loglog(p, p / (1 - metrics["momentum"]), color="black", ls=":", lw=0.8,
                label=r"$p/(1-\mu)$")  # fmt: skip
    left.set(xlabel="probability $p$ of a gradient", ylabel=r"mean step$\,/\,\alpha$")
    left.legend(fontsize=7)

    sigma = arrays["noise"]
    right.loglog(sigma, arrays["noise_adam_mean"], "o", color=ADAM, label="Adam, mean")
    right.loglog(sigma, arrays["noise_adam_rms"], "o", mfc="none", color=ADAM, label="Adam, rms")
    right.loglog(sigma, arrays["noise_momentum_mean"], "s", color=MOMENTUM, label="momentum, mean")
    right.loglog(sigma, arrays["noise_momentum_rms"], "s", mfc="none", color=MOMENTUM,
                 label="momentum, rms")  # fmt: skip
    right.loglog(sigma, 1 / np.sqrt(1 + sigma**2), color="black", ls="-", lw=0.8,
                 label=r"$1/\sqrt{1+\sigma^2}$")  # fmt: skip
    right.set(xlabel=r"noise $\sigma$ around a mean gradient of 1", ylabel=r"step$\,/\,\alpha$")
    right.legend(fontsize=6.5)
    figures.save(figure, snakemake.output.random)
