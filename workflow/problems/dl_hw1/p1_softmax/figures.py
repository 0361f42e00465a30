"""Deep Learning HW 1, problem 1: probabilities and the norm of the Jacobian against τ."""

from proofsheet import figures
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays

with script.run(snakemake):
    arrays = read_arrays(snakemake.input.arrays)
    tau = arrays["tau"]

    figure, (left, right) = figures.new(1, 2, height=2.0)
    for i, probability in enumerate(arrays["unique_probabilities"].T, start=1):
        left.semilogx(tau, probability, label=f"$y_{i}$")
    left.axhline(1 / arrays["unique_probabilities"].shape[1], color="black", lw=0.6, ls=":")
    left.set(xlabel=r"$\tau$", ylabel="probability", title=r"$z = (3, 2, 0, -1)$")
    left.legend()

    right.loglog(tau, arrays["lipschitz_bound"], color="black", ls=":", label=r"$1/(2\tau)$")
    right.loglog(tau, arrays["cold_bound"], color="0.5", ls="--", lw=0.9,
                 label=r"$2(n-1)e^{-g/\tau}/\tau$")  # fmt: skip
    right.loglog(tau, arrays["hot_limit"], color="0.5", ls="-.", lw=0.9, label=r"$1/(n\tau)$")
    right.loglog(tau, arrays["tie_norms"], color=figures.COLOURS[1], ls="--",
                 label=r"two equal maxima")  # fmt: skip
    right.loglog(tau, arrays["unique_norms"], color=figures.COLOURS[0], ls="-",
                 label=r"one maximum")  # fmt: skip
    right.set(xlabel=r"$\tau$", ylabel=r"$\Vert J\Vert_2$", ylim=(1e-8, 30))
    right.legend(loc="lower right", fontsize=7)
    figures.save(figure, snakemake.output.temperature)
