"""Checks fail on wrong formulas; the scripts run on drawn digits, repeat exactly and agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.csci5527_hw3.p1_optimizers import derivations as p1
from problems.csci5527_hw3.p1_optimizers import train
from problems.csci5527_hw3.p1_optimizers.beside_builtin import tune_beside_builtin
from problems.csci5527_hw3.p1_optimizers.network import OPTIMIZERS
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.learning import optimizers
from train_job import perform, train_job

SCRIPTS = Path(__file__).parents[2] / "workflow/problems/csci5527_hw3/p1_optimizers"


def adagrad_without_memory(θ, gradients, *, lr, eps):
    return p1.adagrad(θ, gradients, lr=lr, eps=eps, G=gradients[0])


def rmsprop_that_starts_at_epsilon(θ, gradients, *, lr, alpha, eps):
    return p1.rmsprop(θ, gradients, lr=lr, alpha=alpha, eps=0, v=eps)


def adam_with_one_decay(θ, gradients, *, betas, **settings):
    return p1.adam(θ, gradients, betas=(betas[1], betas[1]), **settings)


def adamw_without_decay(θ, gradients, *, weight_decay, **settings):
    return p1.adam(θ, gradients, **settings)


WRONG = {
    "parameters_of_the_network": lambda a, b, k: 25 * a + 25 * a * b + 16 * b * k,
    "loss_gradient": lambda z, y: len(y) * p1.softmax_minus_target(z, y),
    "adagrad_written_out": adagrad_without_memory,
    "adagrad_is_a_decaying_rate": lambda α, t: α,
    "unrolled_mean": lambda ρ, t: p1.exponential_weights(ρ, t) / (1 - ρ**t),
    "rmsprop_written_out": rmsprop_that_starts_at_epsilon,
    "rmsprop_constant": lambda α, ρ, t: α,
    "after_a_change": lambda α, ρ, a, b, n, k: p1.steps_after_a_change(α, ρ, b, a, n, k),
    "adam_written_out": adam_with_one_decay,
    "adam_constant": lambda α, size, ε: α * size,
    "reduced_version": lambda β1, β2, t: (1 - β1**t) / (1 - β2**t),
    "adamw_written_out": adamw_without_decay,
    "paired_deviation": lambda d: np.sqrt(np.sum(d**2) / len(d)),
    "same_weights_as_pytorch": p1.OWN | {"Adam": optimizers.AdamW},
}


TestDerivations = derivation_tests(p1, WRONG)


@pytest.fixture(scope="module")
def digits() -> Iterator[Dataset]:
    """Ten classes of bars at ten heights, with noise: easy to learn in few steps."""
    rng = np.random.default_rng(0)

    def part(per_class: int) -> Part:
        y = rng.permutation(np.repeat(np.arange(10), per_class))
        x = rng.integers(0, 40, (len(y), 28, 28))
        for image, digit in zip(x, y, strict=True):
            image[2 * digit + 3 : 2 * digit + 6, 4:24] = 250
        return Part(x.astype(np.uint8), y.astype(np.int64))

    facts = {"dataset": "mnist", "official": False}
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # tiny batches: threads would only wait for each other
    yield Dataset(part(40), part(8), part(9), tuple("0123456789"), (), standin=True, source=facts)
    torch.set_num_threads(before)


def trained(digits, folder: Path, optimizer: str, seed: int) -> tuple:
    files = {
        kind: folder / f"{optimizer}-ours-{seed}.{suffix}"
        for kind, suffix in (("metrics", "json"), ("arrays", "npz"))
    }
    train_job(
        train.train, digits, files, optimizer=optimizer, seed=seed, epochs=1, batch=40,
        tuning=read_json(folder / f"{optimizer}.json"),
    )  # fmt: skip
    return files["metrics"], files["arrays"]


def test_the_test_images_have_no_part_in_the_tuning(digits):
    # Reading them would be an error.
    sealed = SimpleNamespace(train=digits.train, val=digits.val)
    found, answers = train.tune(
        sealed, torch.device("cpu"), optimizer="adamw", seed=0, images=200, epochs=1
    )
    assert found["trials"] == 4 + 3 - 1
    best = min(found["axes"]["lr"], key=lambda trial: trial["validation_loss"])
    assert found["chosen"]["lr"] == best["value"]
    # The second axis starts where the first has ended.
    first = found["axes"]["weight_decay"][0]
    assert first["value"] == 0.01
    assert first["validation_loss"] == best["validation_loss"]
    # The answers are those of the training that was chosen.
    chosen = min(found["axes"]["weight_decay"], key=lambda trial: trial["validation_loss"])
    assert found["ours"]["validation_accuracy"] == chosen["validation_accuracy"]
    right = np.mean(answers["predicted"] == digits.val.y)
    assert right == pytest.approx(chosen["validation_accuracy"])


def test_the_built_in_optimizer_repeats_the_chosen_training(digits):
    found, answers = tune_beside_builtin(
        digits, torch.device("cpu"), optimizer="adagrad", seed=0, images=60, epochs=2
    )
    for which in ("ours", "builtin"):
        right = np.mean(answers[which] == digits.val.y)
        assert right == pytest.approx(found[which]["validation_accuracy"])
    loss = found["ours"]["validation_loss"]
    assert found["builtin"]["validation_loss"] == pytest.approx(loss, rel=0.05)
    others = [trial["validation_loss"] for trial in found["axes"]["lr"]]
    assert min(abs(other / loss - 1) for other in others if other != loss) > 0.05


def test_a_training_repeats_exactly_and_is_nearly_the_built_in_one(digits):
    def adagrad(implementation: str) -> tuple:
        return train.train(
            digits, torch.device("cpu"), optimizer="adagrad", implementation=implementation,
            seed=1, epochs=3, batch=40, learning_rate=0.03,
        )  # fmt: skip

    (first, arrays), (second, again), (theirs, _) = map(adagrad, ("ours", "ours", "builtin"))
    del first["seconds_per_epoch"], second["seconds_per_epoch"]
    assert first == second
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, again[name])
    assert first["layers"] == 3
    assert first["test_accuracy"] > 0.9
    assert theirs["test_accuracy"] == pytest.approx(first["test_accuracy"], abs=0.1)


@pytest.mark.slow
def test_metrics_figures_and_tables(digits, tmp_path):
    tuning, tuning_arrays, runs = [], [], []
    for name in OPTIMIZERS:
        tuning.append(tmp_path / f"{name}.json")
        tuning_arrays.append(tmp_path / f"{name}.npz")
        train_job(
            tune_beside_builtin, digits, {"metrics": tuning[-1], "arrays": tuning_arrays[-1]},
            optimizer=name, seed=0, images=200, epochs=1,
        )  # fmt: skip
        runs += [trained(digits, tmp_path, name, seed) for seed in (0, 1)]
    outputs = {name: tmp_path / f"all-{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = tmp_path / "all.npz"
    inputs = {
        "source": tmp_path / "source.json",
        "tuning": tuning,
        "tuning_arrays": tuning_arrays,
        "runs": [metrics for metrics, _ in runs],
        "runs_arrays": [arrays for _, arrays in runs],
    }
    perform(SCRIPTS / "solve.py", inputs, outputs, digits, steps=40)
    metrics = read_json(outputs["metrics"])
    for name in OPTIMIZERS:
        result, builtin = metrics[name], metrics["builtin"][name]
        assert len(result["test_accuracies"]) == 2
        assert result["test_accuracy"] == pytest.approx(np.mean(result["test_accuracies"]))
        assert builtin == read_json(tmp_path / f"{name}.json")["builtin"]
        assert 0 <= metrics["agreement"]["different"][name] <= 1
    assert metrics["first_steps"]["rmsprop"] == pytest.approx(10, rel=1e-5)

    write_json(tmp_path / "source.json", {"standin": True})
    drawn = ("adagrad", "rmsprop", "adam", "steps")
    tables = ("tuning_table", "agreement", "results", "network")
    files = {name: tmp_path / f"{name}.svg" for name in drawn}
    files |= {name: tmp_path / f"{name}.md" for name in tables}
    perform(SCRIPTS / "figures.py", inputs | outputs, files, digits)
    assert all(files[name].read_text().startswith("<?xml") for name in drawn)
    assert all("†" in files[name].read_text() for name in tables[:3])
    rows = files["tuning_table"].read_text().splitlines()
    assert len(rows) == 2 + 5
    assert all(row.count("**") == 2 for row in rows[2:])
