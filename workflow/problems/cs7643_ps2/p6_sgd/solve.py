"""CS 7643 PS 2, problem 6: the counterexample, and every step of a grid classified."""

from fractions import Fraction

import numpy as np

from problems.cs7643_ps2.p6_sgd import derivations
from problems.cs7643_ps2.p6_sgd.model import loss, step, term
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

LOW, HIGH = -3, 4  # of w in the grid
PER_UNIT = 40  # points of the grid in a unit interval
EXAMPLE = Fraction(1), Fraction(1, 4)  # w and η of the step on the first term

with script.run(snakemake):
    # Every step of the grid, in exact arithmetic, beside what the derivation says of it
    points = [Fraction(k, PER_UNIT) for k in range(LOW * PER_UNIT, HIGH * PER_UNIT + 1)]
    rates = [Fraction(k, PER_UNIT) for k in range(1, 2 * PER_UNIT)]
    changes = np.array(
        [[[loss(step(w, i, eta)) - loss(w) for w in points] for eta in rates] for i in range(2)]
    )
    predicted = np.array([
        [derivations.rises(w - derivations.HALF, eta) for w in points] for eta in rates
    ]).transpose(2, 0, 1)  # fmt: skip
    rising = changes > 0
    metrics = {
        "grid": {
            "per_unit": PER_UNIT,
            "steps": rising.size,
            "rising": int(rising.sum()),
            "unchanged": int((changes == 0).sum()),
            "mispredicted": int((rising != predicted).sum()),
        }
    }

    w, eta = EXAMPLE
    after = step(w, 0, eta)
    numbers = {"w": w, "eta": eta, "after": after, "term": term(0, w), "loss": loss(w),
               "term_after": term(0, after), "loss_after": loss(after)}  # fmt: skip
    metrics["example"] = {name: float(x) for name, x in numbers.items()}

    arrays = {
        "points": np.array([float(w) for w in points]),
        "rates": np.array([float(eta) for eta in rates]),
        # 0: no step rises, 1 and 2: that on this term, 3: both
        "classes": rising[0] + 2 * rising[1],
    }
    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
