"""Question 5: each check fails for a wrong formula; the recursion and the trainings agree."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.eecs182_hw5.q5_dropout import derivations
from problems.eecs182_hw5.q5_dropout.dropout_descent import (
    descend,
    loss_deviation,
    mean_iterate,
    moments,
)
from problems.eecs182_hw5.q5_dropout.train import train
from proofsheet.data.dataset import Dataset, Part
from proofsheet.exact import solve
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_json
from proofsheet.learning.dropout_of_one_point import (
    least_norm_solution,
    limit_of_minimizers,
)
from train_job import perform, train_job

X, Y = np.array([10.0, 1.0]), 11.0
SGD = partial(torch.optim.SGD, lr=1e-3)
SCRIPTS = Path(__file__).parents[2] / "workflow/problems/eecs182_hw5/q5_dropout"


def no_variance_of_a_row(x, y, rate, learning_rate, *, batch, steps):
    """As if a batch were its mean: no noise at all."""
    mean, covariance = moments(x, y, rate, learning_rate, batch=batch, steps=steps)
    return mean, 0 * covariance


WRONG = {
    # The printed formula, made invertible by a ridge that is not small.
    "least_norm": lambda x, y: solve(np.outer(x, x) + np.eye(len(x), dtype=int), y * x),
    "plain_descent": lambda x, y, lr, steps: (1 - (1 - lr * x @ x) ** steps) * y * x / (x @ x),
    # Dropout without the division by q.
    "mean_loss": lambda w, x, y, r: (y - (1 - r) * x @ w) ** 2 + r * (1 - r) * np.sum((x * w) ** 2),
    "dropout_minimizer": lambda x, y, r: y / ((len(x) + r) * x),
    "two_features": lambda x, y, r: y * (1 - r) / (2 - r) / x[::-1],
    "loss_at_minimizer": lambda x, y, r: y**2 * r / (len(x) + r),
    "losses_of_masks": lambda k, d, y, r: y**2 * (1 - k / (d + r / (1 - r))) ** 2,
    "batch_loss_deviation": lambda w, x, y, r, b: loss_deviation(w, x, y, r, 1) / b,
    "mean_of_runs": lambda x, y, r, lr, steps: mean_iterate(x, y, r, lr / 2, steps),
    "moments_of_runs": no_variance_of_a_row,
    # One power too many.
    "mean_as_a_polynomial": lambda x, y, r, lr, steps: derivations.mean_by_powers(
        x, y, r, lr, steps + 1
    ),
    # The minimum-norm solution: the jump would not be there.
    "limit_is_least_weighted": lambda X, y, solve: X.T @ solve(X @ X.T, y),
    "limit_is_reached": lambda X, y, strength, solve: limit_of_minimizers(X, y, 0, solve),
    "slow_direction": lambda a, b: a**2 * b**2 / (a**2 + b**2),
    "second_moment": lambda x, r: np.outer(x, x) + r * np.diag(x**2),
    "adam_on_a_line": least_norm_solution,
    "least_largest": least_norm_solution,
    # Without the neighbor to the left that a window of three also sees.
    "reach_of_the_answer": ({(15, 14), (15, 15)}, {(7, 7)}),
}

TestDerivations = derivation_tests(derivations, WRONG)


def test_training_without_dropout_is_exact_and_the_same_for_every_batch():
    one, losses = descend(X, Y, 0.0, SGD, batch=1, steps=60, seed=0)
    many, _ = descend(X, Y, 0.0, SGD, batch=16, steps=60, seed=1)
    assert one.shape == (61, 2)
    assert losses[0] == Y**2
    np.testing.assert_allclose(one, many, atol=1e-12)
    np.testing.assert_allclose(one[-1], mean_iterate(X, Y, 0.0, 1e-3, 60), atol=1e-12)


def test_many_trainings_have_the_computed_moments():
    ends = np.array(
        [descend(X, Y, 0.5, SGD, batch=1, steps=30, seed=seed)[0][-1] for seed in range(300)]
    )
    mean, covariance = moments(X, Y, 0.5, 1e-3, batch=1, steps=30)
    deviation = np.sqrt(np.diag(covariance))
    np.testing.assert_array_less(np.abs(ends.mean(axis=0) - mean), 4 * deviation / np.sqrt(300))
    # The relative error of a standard deviation is about 1/√(2n) = 4 %, more for heavy tails.
    np.testing.assert_allclose(ends.std(axis=0), deviation, rtol=0.25)


@pytest.fixture
def images() -> Dataset:
    """Noise."""
    rng = np.random.default_rng(0)

    def part(count: int, first: int = 0) -> Part:
        images = rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
        return Part(images, np.arange(count) % 10, index=np.arange(first, first + count))

    names = tuple("abcdefghij")
    return Dataset(
        part(180), part(20, 180), part(30), names, (), standin=True, source={"dataset": "cifar10"}
    )


@pytest.mark.slow
def test_the_problem_in_miniature(images, tmp_path):
    source = tmp_path / "source.json"
    write_json(source, {"standin": True, "class_names": list("abcdefghij")})
    inputs = {"source": source}

    def trained(name: str, rate: float) -> dict[str, Path]:
        files = {"metrics": tmp_path / f"{name}.json", "arrays": tmp_path / f"{name}.npz"}
        train_job(train, images, files, split="published", rate=rate, epochs=2)
        return files

    for name, rate in (("rate_0", 0.0), ("rate_075", 0.75)):
        files = trained(name, rate)
        inputs |= {name: files["metrics"], f"{name}_arrays": files["arrays"]}
    for key, again in trained("again", 0.75).items():
        assert again.read_bytes() == files[key].read_bytes()

    outputs = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = tmp_path / "arrays.npz"
    perform(SCRIPTS / "solve.py", inputs, outputs, images, seed=0, steps=100)
    metrics = read_json(outputs["metrics"])
    np.testing.assert_allclose(metrics["gd"], metrics["ols"], atol=1e-10)
    np.testing.assert_allclose(metrics["dropout_ls"]["x"], [[20, 2], [20, 0], [0, 2], [0, 0]])
    np.testing.assert_allclose(metrics["dropout_ls"]["w"], [11 / 30, 11 / 3])
    for name in ("dropout_gd", "dropout_gd_large_batch"):
        np.testing.assert_allclose(metrics[name], metrics["dropout_ls"]["w"], atol=0.8)
    assert metrics["printed_error"] < 5e-9
    assert metrics["sweep"]["closed_form_error"] < 1e-12
    np.testing.assert_allclose(metrics["sweep"]["limit"], [0.55, 5.5])
    # With w₁ in its place and w₂ near 0 the mean loss is that of one feature, y²/2.
    assert metrics["descent"]["large"]["loss"]["early_mean"] == pytest.approx(Y**2 / 2, rel=0.03)
    assert set(metrics["cheating"]) == {"rate_0", "rate_075"}
    for name, rate in (("rate_0", 0), ("rate_075", 0.75)):
        result = metrics["cheating"][name]
        assert result["rate"] == rate
        assert result["images"] == 200  # the validation images belong to the training
        assert 0 <= result["clean_accuracy"] <= 1
        assert 0 <= result["cheating_accuracy"] <= 1
        assert 0 <= result["called_zero"] <= 1
        assert result["parameters"] == 448 + 4640 + 20490
    comparison, runs = metrics["comparison"], metrics["cheating"]
    assert comparison["clean"]["difference"] == comparison["gain"]
    for name, run in runs.items():  # never above the best epoch
        fall = run["clean_accuracy"] - run["best_clean_accuracy"]
        assert comparison["late"][name]["difference"] == pytest.approx(fall)
        assert fall <= 0
    best, dropped = runs["rate_0"]["best_clean_accuracy"], runs["rate_075"]["clean_accuracy"]
    assert comparison["stopped"]["difference"] == pytest.approx(best - dropped)
    assert len(read_arrays(outputs["arrays"])["sweep"]) == 99

    drawn = {name: tmp_path / f"{name}.svg" for name in ("training", "plane", "sweep", "cheating")}
    written = {name: tmp_path / f"{name}.md" for name in ("weights", "predicted", "networks")}
    files = {"source": source, "metrics": outputs["metrics"], "arrays": outputs["arrays"]}
    perform(SCRIPTS / "figures.py", files, drawn | written, images)
    assert all(path.stat().st_size > 5000 for path in drawn.values())
    assert "1.0891" in written["weights"].read_text()
    assert written["networks"].read_text().count("†") == 10
