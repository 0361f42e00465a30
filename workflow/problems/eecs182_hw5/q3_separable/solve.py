"""EECS 182 HW 5, question 3: weights and multiply-adds of real layers, and what separates."""

import numpy as np

from problems.eecs182_hw5.q3_separable import derivations
from problems.eecs182_hw5.q3_separable.derivations import GIVEN, KERNEL, MADE, numel, share
from problems.eecs182_hw5.q3_separable.model import (
    approximation_error,
    multiply_adds,
    separable_layers,
    standard_layer,
)
from proofsheet.checks import checks_of, run_checks
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import write_arrays, write_json

# Channels of input and output, side of the kernel and of the image; padded, so that it stays.
LAYERS = {"question": (GIVEN, MADE, KERNEL, 224), "mobilenet": (512, 512, 3, 14)}
OUTPUTS, KERNELS = 2 ** np.arange(11), (3, 5, 7)

with script.run(snakemake) as log:
    script.set_threads(snakemake.threads)
    metrics, arrays = {}, {"outputs": OUTPUTS, "kernels": KERNELS}

    for name, (given, made, kernel, side) in LAYERS.items():
        size, shape = (given, made, kernel), (1, given, side, side)
        options = {"padding": kernel // 2, "device": "meta"}
        without = separable_layers(*size, **options)
        with_ = separable_layers(*size, bias=True, **options)
        # The padding keeps the image's size, so each of the layers sees the same one.
        layers = {
            "standard": (
                standard_layer(*size, bias=False, **options),
                numel(standard_layer(*size, **options)),
            ),
            "depthwise": (without[0], numel(with_[0])),
            "pointwise": (without[1], numel(with_[1])),
            "separable": (without, numel(with_)),
        }
        metrics[name] = {"given": given, "made": made, "kernel": kernel, "side": side} | {
            kind: {
                "weights": numel(layer),
                "with_biases": biased,
                "multiply_adds": multiply_adds(layer, shape),
            }
            for kind, (layer, biased) in layers.items()
        }
        metrics[name]["share"] = (
            metrics[name]["separable"]["weights"] / metrics[name]["standard"]["weights"]
        )
        metrics[name]["saving"] = 1 / metrics[name]["share"]
        log.info("%s: %s", name, metrics[name])
    metrics["question"]["one_bias"] = (
        metrics["question"]["separable"]["weights"] + metrics["question"]["made"]
    )
    arrays["share"] = [[share(int(made), kernel) for made in OUTPUTS] for kernel in KERNELS]

    # How much of a convolution one, two, … kernels per channel can be
    rng = np.random.default_rng(snakemake.params.seed)
    weights = rng.standard_normal((snakemake.params.repetitions, MADE, GIVEN, KERNEL, KERNEL))
    errors = [[approximation_error(w, m) for w in weights] for m in range(1, MADE + 1)]
    metrics["nearest"] = {
        "repetitions": snakemake.params.repetitions,
        **{f"kernels_{m}": np.mean(row) for m, row in enumerate(errors, start=1)},
    }

    write_json(snakemake.output.metrics, metrics)
    write_json(snakemake.output.checks, run_checks(checks_of(derivations)))
    write_arrays(snakemake.output.arrays, **arrays)
