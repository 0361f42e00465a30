"""CS 7643 PS 2, problem 4: value and Jacobian at (1, 2) by quotients, both modes and PyTorch."""

from dataclasses import asdict

import numpy as np
import torch

from problems.cs7643_ps2.p4_autodiff import derivations
from proofsheet.autodiff.forward import Dual, forward_jacobian
from proofsheet.autodiff.node import tape
from proofsheet.autodiff.reverse import Variable, backward, reverse_jacobian
from proofsheet.autodiff.trace import forward_trace, names_of, reverse_trace
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

STEP = 0.01  # Δw of the text
QUOTIENTS = {"forward": derivations.forward_quotient, "central": derivations.central_quotient}

with script.run(snakemake) as log:
    f, point = derivations.f, derivations.POINT
    jacobian = {
        "numerical": derivations.central_quotient(f, point, STEP),
        "numerical_forward": derivations.forward_quotient(f, point, STEP),
        "forward": forward_jacobian(f, *point),
        "reverse": reverse_jacobian(f, *point),
        "closed_form": np.array(derivations.closed_form_jacobian(*point)),
        "jacfwd": derivations.torch_jacobian(torch.func.jacfwd, point),
        "jacrev": derivations.torch_jacobian(torch.func.jacrev, point),
    }

    # The sweeps, line by line. The nodes keep their names, so that a sweep from one output alone
    # speaks of the same v₁ … v₁₀.
    forward = [
        forward_trace(*f(*(Dual(w, dw) for w, dw in zip(point, seed, strict=True))))
        for seed in np.eye(2)
    ]
    outputs = f(*(Variable(w) for w in point))
    for node, name in names_of(tape(*outputs)).items():
        node.named(name)
    reverse = []
    for output in outputs:
        backward(output)
        reverse.append(reverse_trace(output))

    # Both quotients, with the error that the first Taylor term predicts
    exact = jacobian["closed_form"]
    numerical = {"step": STEP}
    for name, quotient in QUOTIENTS.items():
        order, factor = derivations.quotient_errors()[name]
        errors = quotient(f, point, STEP) - exact
        predicted = float(factor) * derivations.pure_derivatives(order + 1) * STEP**order
        numerical[name] = {
            "errors": errors, "predicted_errors": predicted, "max_error": np.abs(errors).max(),
        }  # fmt: skip

    ours = np.array([jacobian["forward"], jacobian["reverse"]])
    theirs = np.array([jacobian["jacfwd"], jacobian["jacrev"]])
    metrics = {
        "value": [float(y) for y in f(*point)],
        "jacobian": jacobian,
        "numerical": numerical,
        "max_abs_difference": np.abs(ours[:, None] - theirs[None]).max(),
        "graph": {
            "nodes": len(forward[0]),
            "edges": sum(len(step.parents) for step in forward[0]),
        },
        "sweeps": {"forward": len(forward), "reverse": len(reverse)},
    }
    log.info("largest difference from PyTorch %.2g", metrics["max_abs_difference"])
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_json(
        snakemake.output.trace,
        {
            mode: [[asdict(step) for step in steps] for steps in traces]
            for mode, traces in (("forward", forward), ("reverse", reverse))
        },
    )
