"""CSCI 5527 HW 3, problem 4: the weights that are transferred, made here where none were found."""

from pathlib import Path

from problems.csci5527_hw3.p4_transfer.pretrain_on_digits import pretrain_on_digits
from proofsheet.data.dataset import load
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, write_arrays, write_json
from proofsheet.jobs.device import make_deterministic, resolve
from proofsheet.learning.squeezenet import gray_state

with script.run(snakemake):
    script.set_threads(snakemake.threads)
    make_deterministic()
    published = read_arrays(snakemake.input.weights)
    if published:
        state, found = gray_state(published), {"origin": "ImageNet", "pretrained_here": False}
    else:
        digits = load(Path(snakemake.input.source).parent)
        state, accuracy = pretrain_on_digits(
            digits,
            images=snakemake.params.images,
            epochs=snakemake.params.epochs,
            seed=snakemake.params.seed,
            device=resolve(snakemake.params.device),
        )
        which = "scikit-learn's, in the place of MNIST" if digits.standin else "MNIST"
        origin = f"handwritten digits ({which}), by this workflow"
        found = {"origin": origin, "pretrained_here": True, "validation_accuracy": accuracy}
    write_arrays(snakemake.output.weights, **state)
    write_json(snakemake.output.origin, found)
