"""CS 7643 PS 2, problem 6: every step of a grid classified, and SGD run to its noise floor."""

from fractions import Fraction

import numpy as np

from problems.cs7643_ps2.p6_sgd import derivations
from problems.cs7643_ps2.p6_sgd.model import loss, outcomes, runs, step, term
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

LOW, HIGH = -3, 4  # of w in the grid
START = 3.0  # of every run
RATES = {"half": 0.5, "fifth": 0.2, "twentieth": 0.05, "hundredth": 0.01}

# Steps that are shown with their numbers: where, on which term, how large
SHOWN = (("1", 0, "1/4"), ("1/2", 0, "1/4"), ("1/2", 1, "1/4"), ("19/10", 0, "1/100"),
         ("1", 1, "1/4"), ("5/2", 1, "1/4"), ("5/2", 1, "7/4"))  # fmt: skip

with script.run(snakemake) as log:
    rng = np.random.default_rng(snakemake.params.seed)
    per_unit = snakemake.params.per_unit

    # Every step of the grid, in exact arithmetic, beside what the derivation says of it
    points = [Fraction(k, per_unit) for k in range(LOW * per_unit, HIGH * per_unit + 1)]
    rates = [Fraction(k, per_unit) for k in range(1, 2 * per_unit)]
    signs = outcomes(points, rates)
    predicted = np.array([
        [derivations.rises(w - derivations.HALF, eta) for w in points] for eta in rates
    ]).transpose(2, 0, 1)  # fmt: skip
    rising = signs > 0
    between = np.array([-1 < w < 2 for w in points])
    metrics = {
        "grid": {
            "per_unit": per_unit,
            "steps": rising.size,
            "rising": int(rising.sum()),
            "unchanged": int((signs == 0).sum()),
            "mispredicted": int((rising != predicted).sum()),
            "between": {
                "cells": int(between.sum()) * len(rates),
                "some_step_rises": int(rising.any(axis=0)[:, between].sum()),
                "every_step_rises": int(rising.all(axis=0)[:, between].sum()),
            },
            "outside": {
                "cells": int((~between).sum()) * len(rates),
                "some_step_rises": int(rising.any(axis=0)[:, ~between].sum()),
                "some_step_rises_up_to_one": int(
                    rising.any(axis=0)[[eta <= 1 for eta in rates]][:, ~between].sum()
                ),
                "every_step_rises": int(rising.all(axis=0)[:, ~between].sum()),
            },
        }
    }

    shown = []
    for at, i, eta in SHOWN:
        w, eta = Fraction(at), Fraction(eta)
        after = step(w, i, eta)
        numbers = {"w": w, "eta": eta, "after": after, "term": term(i, w), "loss": loss(w),
                   "term_after": term(i, after), "loss_after": loss(after)}  # fmt: skip
        shown.append({"sampled": i + 1} | {name: float(x) for name, x in numbers.items()})
    metrics["shown"] = shown

    # Many runs: the mean of the loss above its minimum, step by step
    steps, count = snakemake.params.steps, snakemake.params.runs
    late = slice(2 * steps // 3, None)
    arrays = {
        "points": np.array([float(w) for w in points]),
        "rates": np.array([float(eta) for eta in rates]),
        # 0: no step rises, 1 and 2: that on this term, 3: both
        "classes": rising[0] + 2 * rising[1],
    }
    minimum = loss(0.5)
    metrics |= {"minimum": minimum, "runs": count, "steps": steps, "rates": {}}
    for name, eta in RATES.items():
        f = loss(runs(rng, START, lambda t, eta=eta: eta, steps, count))
        arrays[f"excess_{name}"] = f.mean(axis=0) - minimum
        arrays[f"expected_{name}"] = derivations.mean_excess(START - 0.5, eta, np.arange(steps + 1))
        metrics["rates"][name] = {
            "eta": eta,
            "floor": derivations.noise_floor(eta),
            "measured": f[:, late].mean() - minimum,
            "overshoot": derivations.overshoot(eta),
            "rising_share": np.mean(np.diff(f[:, late], axis=1) > 0),
        }
        log.info("eta %g: floor %.4f, measured %.4f", eta, *(
            metrics["rates"][name][key] for key in ("floor", "measured")
        ))  # fmt: skip
    f = loss(runs(rng, START, lambda t: 1 / t, steps, count))
    arrays["excess_harmonic"] = f.mean(axis=0) - minimum
    arrays["expected_harmonic"] = np.array(
        [loss(START) - minimum, *(derivations.harmonic_excess(t) for t in range(1, steps + 1))]
    )
    metrics["harmonic"] = {
        "last": arrays["excess_harmonic"][-1],
        "expected_last": arrays["expected_harmonic"][-1],
        "rising_share": np.mean(np.diff(f[:, late], axis=1) > 0),
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
