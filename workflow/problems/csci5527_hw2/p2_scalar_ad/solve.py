"""CSCI 5527 HW 2, problem 2: value and derivatives at (1, 1.5, 2) by both modes and PyTorch."""

from dataclasses import asdict

import numpy as np
import torch

from problems.csci5527_hw2.p2_scalar_ad import derivations
from proofsheet.autodiff.forward import Dual
from proofsheet.autodiff.reverse import Variable, backward
from proofsheet.autodiff.trace import forward_trace, reverse_trace
from proofsheet.checks import autograd_gradients, checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake) as log:
    point = derivations.POINT
    # One forward sweep per input, seeded with its unit vector; one reverse sweep for all three.
    sweeps = [
        derivations.f(*(Dual(x, dx) for x, dx in zip(point, seed, strict=True)))
        for seed in np.eye(3)
    ]
    inputs = [Variable(x) for x in point]
    output = derivations.f(*inputs)
    backward(output)

    forward = [float(sweep.tangent) for sweep in sweeps]
    reverse = [float(x.gradient) for x in inputs]
    pytorch = autograd_gradients(lambda *x: derivations.evaluate(x, torch)[-1], *point)
    trace = {"forward": forward_trace(sweeps[1]), "reverse": reverse_trace(output)}
    log.info(
        "∂f/∂x₂ = %.6f forward, %.6f reverse, %.6f PyTorch", forward[1], reverse[1], pytorch[1]
    )

    metrics = {
        "value": float(output.value),
        "forward": {f"df_dx{k}": d for k, d in enumerate(forward, 1)},
        "reverse": {"gradient": reverse},
        "closed_form": {"df_dx2": derivations.closed_form(*point)},
        "pytorch": {"gradient": pytorch},
        "max_abs_difference": float(np.max(np.abs(np.array([forward, reverse]) - pytorch))),
        "graph": {
            "nodes": len(trace["reverse"]),
            "edges": sum(len(step.parents) for step in trace["reverse"]),
        },
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_json(
        snakemake.output.trace,
        {mode: [asdict(step) for step in steps] for mode, steps in trace.items()},
    )
