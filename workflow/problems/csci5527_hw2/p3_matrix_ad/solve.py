"""CSCI 5527 HW 2, problem 3: value and gradient of every node by the tape and by PyTorch."""

from dataclasses import asdict

import numpy as np

from problems.csci5527_hw2.p3_matrix_ad import derivations
from proofsheet.autodiff.reverse import backward
from proofsheet.autodiff.trace import reverse_trace
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

WEIGHTS = ("W1", "W2", "W3")

with script.run(snakemake) as log:
    drawn = derivations.given_matrices()  # float32, as the text's seed gives them
    given = derivations.float64(drawn)
    nodes = derivations.network(given)
    backward(nodes["z"])
    gradients = {name: node.gradient for name, node in nodes.items()}
    values = {name: node.value for name, node in nodes.items()}

    _, exact = derivations.torch_pass(given)
    _, single = derivations.torch_pass(drawn)
    tape_single = derivations.tape_gradients(drawn)
    agreement = {
        name: {
            "entries": gradients[name].size,
            "float64": np.max(np.abs(gradients[name] - exact[name])),
            "float32": np.max(np.abs(tape_single[name] - single[name])),
            # What is left of a gradient in single precision, against the one in double.
            "rounding": np.max(np.abs(gradients[name] - single[name])),
            "printed_differently": np.sum(
                np.round(gradients[name], 4) != np.round(single[name].astype(np.float64), 4)
            ),
        }
        for name in nodes
    }
    largest = {
        precision: max(entry[precision] for entry in agreement.values())
        for precision in ("float64", "float32", "rounding")
    }
    log.info("f = %.6f, largest difference %.2g", values["z"], largest["float64"])

    variables = [name for name in nodes if name not in ("X", "Y")]  # data have no gradient
    dead = derivations.dead_columns(values)
    conventions = [derivations.backward_pass(values, at_zero) for at_zero in (0.0, 0.5, 1.0)]
    metrics = {
        "loss": values["z"],
        "gradients": {name: gradients[name] for name in WEIGHTS},
        "max_abs_difference": largest["float64"],
        "float32": {
            "max_abs_difference": largest["float32"],
            "rounding": largest["rounding"],
            "printed_differently": sum(agreement[n]["printed_differently"] for n in variables),
            "entries": sum(agreement[n]["entries"] for n in variables),
        },
        "agreement": agreement,
        "pytorch": {"float32": {name: single[name] for name in WEIGHTS}},
        "kink": {
            "zeros_in_v1": np.sum(values["V1"] == 0),
            "zeros_in_v3": np.sum(values["V3"] == 0),
            "dead_columns": np.sum(dead),
            "columns": ", ".join(map(str, np.flatnonzero(dead) + 1)),
            "difference_between_conventions": max(
                np.max(np.abs(g[name] - conventions[0][name]))
                for g in conventions
                for name in WEIGHTS
            ),
        },
        "smallest_abs_v1": np.min(np.abs(values["V1"])),
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    # The text's notation: X.v holds the value, X.g the gradient.
    steps = {step.name: step for step in reverse_trace(nodes["z"], notation="{base}{index}.g")}
    write_json(
        snakemake.output.trace, {name: asdict(steps[node.name]) for name, node in nodes.items()}
    )
