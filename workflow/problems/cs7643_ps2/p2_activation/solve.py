"""CS 7643 PS 2, problem 2: the slopes of softsign and tanh, and where float32 loses them."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import softsign

from problems.cs7643_ps2.p2_activation import derivations
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

FUNCTIONS = {"softsign": softsign, "tanh": torch.tanh}


def slopes(function: Callable[[torch.Tensor], torch.Tensor], x: np.ndarray) -> np.ndarray:
    """The derivative of an entrywise function at `x`, in its shape and precision, by autograd."""
    point = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(function(point).sum(), point)
    return slope.numpy()


with script.run(snakemake):
    script.set_threads(snakemake.threads)
    x, tail = np.linspace(-5, 5, 401), np.logspace(-1, 2, 401)
    arrays = {"x": x, "tail": tail}
    metrics = {"slopes": {}}
    for name, function in FUNCTIONS.items():
        arrays[f"{name}_values"] = function(torch.tensor(x)).numpy()
        arrays[f"{name}_tail"] = slopes(function, tail)
        metrics["slopes"][name] = {"at_10": slopes(function, np.array([10.0]))[0]}

    # Where the derivative is lost in single precision
    search = np.arange(0, 200, 0.01, dtype=np.float32)
    metrics["float32"] = {
        "softsign_far": slopes(softsign, np.array([1e6], np.float32))[0],
        "tanh_zero_from": search[np.argmax(slopes(torch.tanh, search) == 0)],
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
