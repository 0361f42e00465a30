"""Deep Learning HW 1, problem 1: softmax and its Jacobian from cold to hot."""

import numpy as np

from problems.dl_hw1.p1_softmax import derivations
from problems.dl_hw1.p1_softmax.derivations import cold_bounds, softmax, softmax_jacobian
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

LOGITS = {"unique": np.array([3.0, 2.0, 0.0, -1.0]), "tie": np.array([3.0, 3.0, 0.0, -1.0])}
GAP = 1.0  # of the unique maximum to the next logit

with script.run(snakemake) as log:
    tau = np.logspace(np.log10(0.05), 2, snakemake.params.points)
    n = len(LOGITS["unique"])
    metrics = {"n": n, "coldest": tau[0], "hottest": tau[-1]}
    arrays = {
        "tau": tau,
        "lipschitz_bound": 1 / (2 * tau),
        "cold_bound": np.array([cold_bounds(n, 1, GAP, t)[1] for t in tau]),
        "hot_limit": 1 / (n * tau),
    }
    for name, z in LOGITS.items():
        y = np.array([softmax(z, t) for t in tau])
        jacobians = np.array([softmax_jacobian(p, t) for p, t in zip(y, tau, strict=True)])
        spectra = np.linalg.eigvalsh(jacobians)  # (points, n), ascending
        norms = spectra[:, -1]
        peak = int(norms.argmax())
        metrics[name] = {
            "coldest_probability": y[0].max(),
            "hottest_probability": y[-1].max(),
            "gap": np.diff(np.sort(z))[-1],
            "norm_peak": norms[peak],
            "norm_peak_tau": tau[peak],
            "norm_coldest": norms[0],
            "norm_coldest_times_tau": norms[0] * tau[0],
            "norm_hottest_times_n_tau": norms[-1] * tau[-1] * n,
            # What the null direction is multiplied by, in units of 1/τ: rounding.
            "null_residual": np.max(np.linalg.norm(jacobians.sum(axis=2), axis=1) * tau),
        }
        arrays |= {f"{name}_probabilities": y, f"{name}_norms": norms}
        log.info("%s: largest norm %.4f at τ = %.4f", name, norms[peak], tau[peak])

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
