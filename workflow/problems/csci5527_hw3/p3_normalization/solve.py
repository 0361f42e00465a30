"""CSCI 5527 HW 3, problem 3: three normalizations against PyTorch, and what ε does."""

import numpy as np
import torch

from problems.csci5527_hw3.p3_normalization import derivations
from problems.csci5527_hw3.p3_normalization.derivations import METHODS, SHAPE, ours, pytorch, slices
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json
from proofsheet.learning.normalization import relative_difference, standardize

EPS = 1e-5  # ε as PyTorch's modules have it when none is given
DRAWN = (6, 6, 2, 2)  # N, C, H, W of the cubes of figure 2
SWEEP_EPS = (0.0, 1e-5, 1e-2)

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

    # Standard deviation of the output, and norm of the Jacobian, as the slice loses its contrast.
    deviations = np.logspace(-8, 1, 55)
    generator = torch.Generator().manual_seed(snakemake.params.seed)
    shape = torch.randn((6, 8), generator=generator, dtype=torch.float64)
    shape = standardize(shape, (0, 1))
    spread, gain = np.zeros((2, len(SWEEP_EPS), len(deviations)))
    for i, eps in enumerate(SWEEP_EPS):
        for j, deviation in enumerate(deviations):
            x = 1 + deviation * shape
            spread[i, j] = standardize(x, (0, 1), eps).std(correction=0)
            jacobian = torch.autograd.functional.jacobian(
                lambda values, eps=eps: standardize(values, (0, 1), eps), x
            )
            gain[i, j] = torch.linalg.matrix_norm(jacobian.reshape(48, 48), 2)
    metrics["largest_gain"] = {
        "without": gain[0].max(),
        "with": gain[1].max(),
        "bound": 1 / np.sqrt(EPS),
    }

    # Figure 2: the elements on which the output at one corner depends, from the code itself.
    cubes = {}
    x = torch.randn(DRAWN, generator=generator, dtype=torch.float64).requires_grad_()
    for method in METHODS:
        (gradient,) = torch.autograd.grad(ours(method, x, 0.0)[0, -1, 0, 0], x)
        cubes[f"cube_{method}"] = (gradient != 0).flatten(2).numpy()

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        deviations=deviations,
        sweep_eps=np.array(SWEEP_EPS),
        spread=spread,
        gain=gain,
        **cubes,
    )
