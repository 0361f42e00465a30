"""CSCI 5527 HW 3, problem 3: three normalizations against PyTorch, and what ε does."""

import numpy as np
import torch

from problems.csci5527_hw3.p3_normalization import derivations
from problems.csci5527_hw3.p3_normalization.contrast import EPSILONS, contrast_sweep
from problems.csci5527_hw3.p3_normalization.derivations import METHODS, SHAPE, ours, pytorch, slices
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.learning.normalization import relative_difference

DRAWN = (6, 6, 2, 2)  # N, C, H, W of the cubes of figure 2

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    height, width, channels, batch = SHAPE
    metrics = {
        "tensor": {"elements": height * width * channels * batch},
        **{method: {} for method in METHODS},
    }

    # The tensor of the text, H × W × C × N, as the (N, C, H, W) that every module expects.
    for dtype, key in (
        (torch.float64, "relative_difference"),
        (torch.float32, "relative_difference_float32"),
    ):
        generator = torch.Generator().manual_seed(snakemake.params.seed)
        drawn = torch.randn(height, width, channels, batch, generator=generator, dtype=dtype)
        x = drawn.permute(3, 2, 0, 1).contiguous()
        for method in METHODS:
            normalized = ours(method, x, 0.0)
            metrics[method][key] = relative_difference(normalized, pytorch(method, x, 0.0))
            log.info("%s %s: relative difference %g", method, dtype, metrics[method][key])
            if dtype == torch.float64:
                indices = list(slices(method, tuple(x.shape)))
                metrics[method] |= {"slices": len(indices), "slice_size": x[indices[0]].numel()}
    for kind in ("relative_difference", "relative_difference_float32"):
        metrics[f"largest_{kind}"] = max(metrics[method][kind] for method in METHODS)

    deviations, spread, gain = contrast_sweep(snakemake.params.seed)
    metrics["largest_gain"] = {
        "without": gain[0].max(),
        "with": gain[1].max(),
        "bound": 1 / np.sqrt(EPSILONS[1]),
    }

    # Figure 2: the elements on which the output at one corner depends, from the code itself.
    cubes = {}
    x = torch.randn(DRAWN, generator=generator, dtype=torch.float64, requires_grad=True)
    for method in METHODS:
        (gradient,) = torch.autograd.grad(ours(method, x, 0.0)[0, -1, 0, 0], x)
        cubes[f"cube_{method}"] = (gradient != 0).flatten(2).numpy()

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        deviations=deviations,
        sweep_eps=np.array(EPSILONS),
        spread=spread,
        gain=gain,
        **cubes,
    )
