"""EECS 182 HW 5, question 2: which elements one output of a normalization depends on."""

import numpy as np
import torch

from problems.eecs182_hw5.q2_batchnorm import derivations
from problems.eecs182_hw5.q2_batchnorm.derivations import METHODS
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

DRAWN = (6, 6, 2, 2)  # N, C, H, W of the cubes

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    rng, arrays = np.random.default_rng(snakemake.params.seed), {}
    for method, normalize in METHODS.items():
        x = torch.tensor(rng.standard_normal(DRAWN), requires_grad=True)
        place = (0, DRAWN[1] - 1, 0, 0)  # in front, on the right, at the top
        (gradient,) = torch.autograd.grad(normalize(x)[place], x)
        arrays[f"cube_{method}"] = (gradient != 0).flatten(2).numpy()

    write_json(snakemake.output.metrics, {})
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
