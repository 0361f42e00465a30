"""CSCI 5527 HW 3, problem 2: cross-correlation against SciPy and PyTorch, edges, the eye."""

import math
import time

import numpy as np
import scipy.signal

from problems.csci5527_hw3.p2_correlation import derivations
from problems.csci5527_hw3.p2_correlation.comparisons import (
    SHAPES,
    WAYS,
    channel_errors,
    reversal_error,
    scipy_errors,
)
from problems.csci5527_hw3.p2_correlation.correlation import correlate1d, correlate2d
from problems.csci5527_hw3.p2_correlation.derivations import SCHARR
from problems.csci5527_hw3.p2_correlation.template_matching import (
    center,
    gray,
    peak,
    score_map,
)
from proofsheet.checks import checks_of, relative_error, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, write_arrays, write_json

EYE = (slice(300, 365), slice(670, 750))
SIGMA = 50.0  # of the noise


def timed(call, turns):
    """The result, and the shortest time in seconds."""
    best = float("inf")
    for _ in range(turns):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return result, best


with script.run(snakemake):
    script.set_threads(snakemake.threads)
    images = read_arrays(snakemake.input.images)
    seed = snakemake.params.seed

    # (a) the numbers of the text; (a) and (d) on random arrays
    x, y = np.array([3, 2, 1]), np.array([4, 6, 3, 9])
    compared = scipy_errors(seed)
    metrics = {
        "answer_a": correlate1d(x, y),
        "answer_a_reversed": correlate1d(y, x),
        "reversal_max_error": reversal_error(seed),
        "scipy": {
            "cases": len(compared),
            "max_relative_error": max(row[way] for row in compared for way in WAYS),
            "named": compared[: len(SHAPES)],
        },
    }

    # (e) gradient magnitude, ours from the definition, SciPy's as its example computes it
    ascent = images["ascent"].astype(np.int64)

    def magnitude():
        g1, g2 = correlate2d(SCHARR, ascent), correlate2d(SCHARR.T, ascent)
        return np.sqrt(g1**2 + g2**2)

    filters = SCHARR + 1j * SCHARR.T
    theirs = np.abs(scipy.signal.convolve2d(ascent, filters, boundary="symm", mode="same"))
    ours, seconds_ours = timed(magnitude, snakemake.params.turns)
    _, seconds_scipy = timed(
        lambda: [scipy.signal.correlate2d(ascent, f) for f in (SCHARR, SCHARR.T)],
        snakemake.params.turns,
    )
    timing = {"gradient": {"ours": seconds_ours, "correlate2d": seconds_scipy}}
    inside = (slice(1, -1), slice(1, -1))
    same = ours[inside]
    within = same[inside]
    central = np.hypot(*np.gradient(ascent.astype(float)))[inside]
    frame = np.ones(same.shape, dtype=bool)
    frame[inside] = False
    metrics["gradient"] = {
        "difference_inside": relative_error(within, theirs[inside]),
        "mean_inside": within.mean(),
        "mean_on_frame": same[frame].mean(),
        "scipy_mean_on_frame": theirs[frame].mean(),
        "correlation_with_central": np.corrcoef(within.ravel(), central.ravel())[0, 1],
    }

    # (f) the eye of the face, as in SciPy's example
    levels = gray(images["face"]).astype(float)
    face = levels - levels.mean()
    template = face[EYE] - face[EYE].mean()
    noise = SIGMA * np.random.default_rng([seed, 1]).standard_normal(face.shape)
    noisy = face + noise

    scores, seconds_ours = timed(lambda: score_map(noisy, template), snakemake.params.turns)
    scipys, seconds_scipy = timed(
        lambda: scipy.signal.correlate2d(noisy, template, boundary="symm", mode="same"), 1
    )
    _, seconds_auto = timed(
        lambda: scipy.signal.correlate(noisy, template, mode="same", method="auto"),
        snakemake.params.turns,
    )
    seconds_direct = None
    if snakemake.params.direct:
        _, seconds_direct = timed(lambda: score_map(noisy, template, method="direct"), 1)
    timing["template"] = {
        "ours": seconds_ours,
        "ours_direct": seconds_direct,
        "correlate2d": seconds_scipy,
        "correlate": seconds_auto,
    }

    true = tuple(s.start + c for s, c in zip(EYE, center(template.shape), strict=True))
    place, scipy_place = peak(scores), peak(scipys)
    # Gray levels as they are: neither mean subtracted.
    misled = peak(score_map(levels + noise, levels[EYE]))
    metrics["template"] = {
        "row": place[0],
        "column": place[1],
        "scipy_row": scipy_place[0],
        "scipy_column": scipy_place[1],
        "true_row": true[0],
        "true_column": true[1],
        "height": template.shape[0],
        "width": template.shape[1],
        "max_relative_error": relative_error(scores, scipys),
        "signal_to_noise": np.linalg.norm(template) / SIGMA,
        "maps": {
            "both": {"distance": math.dist(place, true)},
            "none": {"distance": math.dist(misled, true)},
        },
    }

    # (g) many channels
    errors = channel_errors(seed)
    metrics["multichannel"] = {
        **errors,
        "max_relative_error": max(errors[way] for way in ("planes", "tubes", "slice")),
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.timing, timing)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(
        snakemake.output.arrays,
        ascent=ascent.astype(np.uint8),
        ours=ours.astype(np.float32),
        theirs=theirs.astype(np.float32),
        noisy=noisy.astype(np.float32),
        template=template.astype(np.float32),
        scipys=scipys,
        scores=scores.astype(np.float32),
    )
