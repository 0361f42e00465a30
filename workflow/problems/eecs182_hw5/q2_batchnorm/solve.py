"""EECS 182 HW 5, question 2: the slices from the code, and the gradient as the batch grows."""

import numpy as np
import torch

from problems.eecs182_hw5.q2_batchnorm import derivations
from problems.eecs182_hw5.q2_batchnorm.derivations import METHODS, demeaned
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

DRAWN = (6, 6, 2, 2)  # N, C, H, W of the cubes
GAMMA, OFFSET, NOISE = 1.5, 0.5, 1.0  # scale of the layer; mean and deviation of the residuals

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)

    # Which elements one output depends on, as automatic differentiation has it
    arrays = {}
    for method, normalize in METHODS.items():
        x = torch.tensor(rng.standard_normal(DRAWN), requires_grad=True)
        place = (0, DRAWN[1] - 1, 0, 0)  # in front, on the right, at the top
        (gradient,) = torch.autograd.grad(normalize(x)[place], x)
        arrays[f"cube_{method}"] = (gradient != 0).flatten(2).numpy()

    # How far ∂L/∂x is from γ ∂L/∂y: squared errors with residuals of three kinds, and L = y₁
    sizes = np.unique(np.round(np.logspace(0, 4, snakemake.params.sizes)).astype(int))
    residuals = {
        # Where β has its best value the residuals of a batch have mean zero.
        "best_shift": lambda noise: noise - noise.mean(),
        "mean_zero": lambda noise: noise,
        "offset": lambda noise: noise + OFFSET,
    }
    measured = {name: np.zeros(len(sizes)) for name in (*residuals, "one_example")}
    for i, n in enumerate(sizes):
        for name, values in measured.items():
            squares = []
            for _ in range(snakemake.params.repetitions):
                x = torch.tensor(rng.standard_normal(n), requires_grad=True)
                noise = torch.tensor(NOISE * rng.standard_normal(n))
                y = demeaned(x, GAMMA, 0.3)
                y.retain_grad()
                if name == "one_example":
                    loss = y[0]
                else:
                    target = y.detach() - residuals[name](noise)
                    loss = (y - target).square().sum() / 2
                loss.backward()
                arriving = GAMMA * y.grad
                # A batch of one has no residual left where its β is at its best.
                size = arriving.norm().item()
                squares.append((x.grad - arriving).norm().item() ** 2 / size**2 if size else 0.0)
            values[i] = np.sqrt(np.mean(squares))
    arrays |= {"sizes": sizes} | {f"correction_{name}": y for name, y in measured.items()}
    largest = {name: values[-1] for name, values in measured.items()}
    log.info("correction at n = %d: %s", sizes[-1], largest)
    metrics = {
        "largest_batch": sizes[-1],
        "repetitions": snakemake.params.repetitions,
        "offset": OFFSET,
        "correction": largest,
        "limit": {"offset": OFFSET / np.hypot(OFFSET, NOISE)},
        "expected": {"root": sizes[-1] ** -0.5},
        "one": {name: values[0] for name, values in measured.items()},
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
