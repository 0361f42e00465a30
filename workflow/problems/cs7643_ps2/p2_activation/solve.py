"""CS 7643 PS 2, problem 2: softsign and its relatives: slopes, saturation, depth."""

import numpy as np
import torch

from problems.cs7643_ps2.p2_activation import derivations
from problems.cs7643_ps2.p2_activation.sigmoids import (
    ODD,
    first_zero_slope,
    slopes,
    slopes_in_depth,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

POINTS = (1.0, 2.0, 5.0, 10.0)
START = 1.0  # of the compositions
FAR = 1e6

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    points, depth = snakemake.params.points, snakemake.params.depth
    x, tail = np.linspace(-5, 5, points), np.logspace(-1, 2, points)
    metrics = {"depth": depth, "slopes": {}, "in_depth": {}}
    arrays = {"x": x, "tail": tail, "count": np.arange(1, depth + 1)}

    # The functions, scaled alike
    for name, function in ODD.items():
        arrays[f"{name}_values"] = function(torch.tensor(x)).numpy()
        arrays[f"{name}_slopes"] = slopes(function, x)
        arrays[f"{name}_tail"] = slopes(function, tail)
        metrics["slopes"][name] = {
            f"at_{point:.0f}": slope
            for point, slope in zip(POINTS, slopes(function, np.array(POINTS)), strict=True)
        }

    # Where the derivative is lost in single precision
    search = np.arange(0, 200, 0.01)
    metrics["float32"] = {
        "far": FAR,
        "softsign_far": slopes(ODD["softsign"], np.array([FAR], np.float32))[0],
        "tanh_zero_from": first_zero_slope(torch.tanh, search),
        "sigmoid_zero_from": first_zero_slope(torch.sigmoid, search),
    }

    # The difference quotient at 0, from both sides
    h = np.linspace(-1, 1, points // 2 * 2)  # an even number of points leaves 0 out
    arrays |= {"h": h, "quotient": derivations.softsign(h) / h}
    arrays["slope_at_h"] = slopes(ODD["softsign"], h)

    # One function, many times
    for name in ("softsign", "tanh", "sigmoid"):
        chain = slopes_in_depth(getattr(torch.nn.functional, name), START, depth)
        arrays[f"{name}_depth"] = chain
        metrics["in_depth"][name] = {"last": chain[-1]}
        log.info("%s: slope %.2e after %d times", name, chain[-1], depth)
    metrics["in_depth"]["sigmoid"]["factor"] = chain[-1] / chain[-2]
    late = slice(depth // 2, None)
    for name in ("softsign", "tanh"):
        logarithms = np.log(arrays["count"][late]), np.log(arrays[f"{name}_depth"][late])
        metrics["in_depth"][name]["exponent"] = np.polyfit(*logarithms, 1)[0]

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
