"""CSCI 5527 HW 2, problem 3: value and gradient of every node by the tape and by PyTorch."""

from collections.abc import Iterable
from dataclasses import asdict

import numpy as np

from problems.csci5527_hw2.p3_matrix_ad import derivations
from problems.csci5527_hw2.p3_matrix_ad.derivations import WEIGHTS
from proofsheet.autodiff.trace import reverse_trace
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_json

with script.run(snakemake) as log:
    drawn = derivations.given_matrices()  # float32, as the text's seed gives them
    given = derivations.float64(drawn)
    nodes = derivations.network(given)
    gradients = {name: node.gradient for name, node in nodes.items()}
    values = {name: node.value for name, node in nodes.items()}

    _, exact = derivations.torch_pass(given)
    _, single = derivations.torch_pass(drawn)
    variables = [name for name in nodes if name not in ("X", "Y")]  # data have no gradient

    def printed_differently(names: Iterable[str], by_pytorch: derivations.Matrices) -> int:
        """Entries of these gradients whose fourth decimal PyTorch has otherwise."""
        pairs = ((gradients[name], by_pytorch[name]) for name in names)
        return sum(np.sum(derivations.units(a) != derivations.units(b)) for a, b in pairs)

    difference = max(np.max(np.abs(gradients[name] - exact[name])) for name in nodes)
    log.info("f = %.6f, largest difference %.2g", values["z"], difference)

    dead = derivations.dead_columns(values)
    metrics = {
        "loss": values["z"],
        "gradients": {name: gradients[name] for name in WEIGHTS},
        "weight_entries": sum(gradients[name].size for name in WEIGHTS),
        "max_abs_difference": difference,
        "printed_differently": printed_differently(WEIGHTS, exact),
        "float32": {
            "entries": sum(gradients[name].size for name in variables),
            "printed_differently": printed_differently(variables, single),
        },
        "kink": {
            "zeros_in_v1": np.sum(values["V1"] == 0),
            "zeros_in_v3": np.sum(values["V3"] == 0),
            "dead_columns": np.sum(dead),
            "columns": ", ".join(map(str, np.flatnonzero(dead) + 1)),
        },
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    # The text's notation: X.v holds the value, X.g the gradient.
    steps = {step.name: step for step in reverse_trace(nodes["z"], notation="{base}{index}.g")}
    write_json(
        snakemake.output.trace, {name: asdict(steps[node.name]) for name, node in nodes.items()}
    )
