"""CS 7643 PS 2, problem 5: what commutes with a shift, which layers do, and what that saves."""

import numpy as np
import torch

from problems.cs7643_ps2.p5_convolution import derivations
from problems.cs7643_ps2.p5_convolution.circulants import (
    circulant,
    fit_circulant,
    fit_dense,
    shift_matrix,
)
from problems.cs7643_ps2.p5_convolution.equivariance import equivariance_errors, layers_of_networks
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

SIZE = 12  # of the matrices that are drawn
SAMPLES, BUMP, SIGNALS = 32, 8, 200  # length of a signal, of its support; how many
FITTED, NOISE, REPETITIONS = 16, 0.1, 40  # size of the map to be learned

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    rng = np.random.default_rng(snakemake.params.seed)

    # Four linear maps and by how much each of them misses commuting with the shift
    kernel = np.zeros(SIZE)
    kernel[[-1, 0, 1]] = 0.3, 1.0, -0.6
    C, i = circulant(kernel), np.arange(SIZE)
    maps = {
        "circular": C,
        # Beyond the ends are zeros: the entries that wrap around are missing.
        "zeros": np.where(np.abs(i[:, None] - i) <= 1, C, 0),
        # Every second output is kept and the others are set to zero, to stay square.
        "stride": np.where(i[:, None] % 2 == 0, C, 0),
        "dense": rng.standard_normal((SIZE, SIZE)) / 2,
    }
    S = shift_matrix(SIZE)
    arrays = {f"map_{name}": L for name, L in maps.items()}
    arrays |= {f"commutator_{name}": L @ S - S @ L for name, L in maps.items()}
    metrics = {
        "commutator": {
            name: np.linalg.norm(L @ S - S @ L) / np.linalg.norm(L) for name, L in maps.items()
        },
        "commutator_two": {
            name: np.linalg.norm(L @ S @ S - S @ S @ L) / np.linalg.norm(L)
            for name, L in maps.items()
        },
    }

    # Layers of networks on bumps in the middle of a circle, for all shifts
    x = torch.zeros(SIGNALS, SAMPLES, dtype=torch.float64)
    first = (SAMPLES - BUMP) // 2
    x[:, first : first + BUMP] = torch.tensor(rng.standard_normal((SIGNALS, BUMP)))
    layers = layers_of_networks(torch.tensor(rng.standard_normal(5)))
    metrics |= {"layers": {}, "signals": SIGNALS, "samples": SAMPLES}
    metrics["small_matrices"] = sum(
        len(entries) ** (n * n) for n, entries in derivations.SMALL_MATRICES
    )
    for name, layer in layers.items():
        errors = equivariance_errors(layer, x).mean(dim=0).numpy()
        arrays[f"errors_{name}"] = errors
        metrics["layers"][name] = {
            "shift_1": errors[1],
            "shift_2": errors[2],
            "shift_8": errors[8],
            "largest": errors.max(),
            # A shift of the input is followed up to rounding, or it is missed visibly.
            "followed": int(np.sum(errors < 1e-12)),
        }
        log.info("%s: %.3g after a shift by one", name, errors[1])

    # One smooth signal, drawn: first the layer then the shift, and the other way around
    centre = np.arange(SAMPLES) - SAMPLES // 2
    signal = torch.tensor(np.exp(-((centre / 2.2) ** 2)) * np.cos(1.9 * centre + 0.4))[None]
    arrays["signal"] = signal[0].numpy()
    for name, shift in (("circular", 3), ("zeros", 15), ("stride", 3), ("max_pool", 3)):
        y, moved = (layers[name](z)[0].numpy() for z in (signal, torch.roll(signal, shift, 1)))
        turns = np.stack([np.roll(y, j) for j in range(len(y))])
        arrays[f"then_shift_{name}"] = turns[np.linalg.norm(turns - moved, axis=1).argmin()]
        arrays[f"shift_first_{name}"] = moved

    # Learning a circular convolution from examples, with the constraint and without
    target = circulant(rng.standard_normal(FITTED))
    sizes = np.arange(1, snakemake.params.examples + 1)
    arrays["examples"] = sizes
    fits = {"dense": fit_dense, "circulant": fit_circulant}
    errors = {name: np.empty((REPETITIONS, len(sizes))) for name in fits}
    for repetition in range(REPETITIONS):
        X = rng.standard_normal((sizes[-1], FITTED))
        Y = X @ target.T + NOISE * np.linalg.norm(target, 2) * rng.standard_normal(X.shape)
        for k, m in enumerate(sizes):
            for name, fit in fits.items():
                difference = fit(X[:m], Y[:m]) - target
                errors[name][repetition, k] = np.linalg.norm(difference) / np.linalg.norm(target)
    metrics["learning"] = {"size": FITTED, "unknowns": {"dense": FITTED**2, "circulant": FITTED}}
    for name, error in errors.items():
        arrays[f"learning_{name}"] = np.median(error, axis=0)
        metrics["learning"][name] = {
            "one_example": np.median(error[:, 0]),
            "most_examples": np.median(error[:, -1]),
        }
    # Examples that the circulant needs to be as good as the dense map is with all of them
    as_good = arrays["learning_circulant"] <= arrays["learning_dense"][-1]
    metrics["learning"] |= {
        "examples": int(sizes[-1]),
        "circulant_as_good_from": int(sizes[as_good][0]),
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
