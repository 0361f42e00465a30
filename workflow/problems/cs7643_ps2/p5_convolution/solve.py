"""CS 7643 PS 2, problem 5: which maps commute with a shift, and which layers do."""

import numpy as np
import torch

from problems.cs7643_ps2.p5_convolution import derivations
from problems.cs7643_ps2.p5_convolution.circulants import circulant, shift_matrix
from problems.cs7643_ps2.p5_convolution.equivariance import equivariance_errors, layers_of_networks
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

SIZE = 12  # of the matrices that are drawn
SAMPLES, BUMP, SIGNALS = 32, 8, 200  # length of a signal, of its support; how many

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

    # Layers of networks on bumps in the middle of a circle, for all shifts
    x = torch.zeros(SIGNALS, SAMPLES, dtype=torch.float64)
    first = (SAMPLES - BUMP) // 2
    x[:, first : first + BUMP] = torch.tensor(rng.standard_normal((SIGNALS, BUMP)))
    layers = layers_of_networks(torch.tensor(rng.standard_normal(5)))
    metrics = {
        "small_matrices": sum(len(entries) ** (n * n) for n, entries in derivations.SMALL_MATRICES),
        "signals": SIGNALS,
        "samples": SAMPLES,
        "layers": {},
    }
    for name, layer in layers.items():
        errors = equivariance_errors(layer, x).mean(dim=0).numpy()
        metrics["layers"][name] = {
            "shift_1": errors[1],
            "shift_2": errors[2],
            "shift_8": errors[8],
            "largest": errors.max(),
            # A shift of the input is followed up to rounding, or it is missed visibly.
            "followed": int(np.sum(errors < 1e-12)),
        }
        log.info("%s: %.3g after a shift by one", name, errors[1])

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
