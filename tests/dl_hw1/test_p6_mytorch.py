"""Checks fail on wrong formulas; the network learns; the script repeats to the byte."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from derivation_tests import derivation_tests
from mytorch import nn
from mytorch.nn.optim import SGD
from problems.dl_hw1.p6_mytorch import derivations as p6
from problems.dl_hw1.p6_mytorch import gradient_errors
from problems.dl_hw1.p6_mytorch import train as training
from problems.dl_hw1.p6_mytorch.train import perceptron, train_by
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.atomic_files import read_arrays, read_json
from train_job import perform, train_job
from workflow_project import ROOT

SCRIPTS = ROOT / "workflow/problems/dl_hw1/p6_mytorch"


def bias_averaged(X, W, G):
    dW, db, dX = p6.linear_gradients(X, W, G)
    return [dW, db / len(X), dX]


def input_gradient_in_reverse(X, W, G):
    dW, db, dX = p6.linear_gradients(X, W, G)
    return [dW, db, dX[::-1]]


def loss_of_probabilities(z, label):
    e = np.exp(z - z.max())
    with np.errstate(divide="ignore"):
        return float(-np.log(e[label] / e.sum()))


def forward_order(modules, x, g):
    model = nn.Sequential(modules)
    model.forward(x)
    # Without the first ReLU, the shapes still fit.
    for place in (4, 3, 2, 0):
        g = modules[place].backward(g)
    return g


def unaveraged_network(model, loss, x, labels):
    value, dx, *gradients = p6.forward_and_backward(model, loss, x, labels)
    return [value, dx, *(g * len(x) for g in gradients)]


WRONG = {
    "linear": bias_averaged,
    "adjoints": input_gradient_in_reverse,
    "linear_module": lambda X, W, b, G: p6.library_linear(X, W, 0 * b, G),
    "relu": lambda x, g: g * (x >= 0),
    "sigmoid_derivative": lambda s: s * (1 + s),
    "sigmoid_stable": lambda x: 1 / (1 + np.exp(-np.clip(x, -500, 500))),
    "softmax_cross_entropy": lambda p, y: y - p,
    "two_ways": lambda p: p6.sympy.diag(*p),
    "batch_mean": lambda z, y: len(z) * p6.batch_gradient(z, y),
    "shift_invariance": lambda lse, c: lse,
    "loss_stable": loss_of_probabilities,
    "chain_rule": forward_order,
    "whole_network": unaveraged_network,
    "sgd_step": lambda start, gradients, rate: p6.library_steps(start, gradients, 2 * rate),
    "central_difference": lambda f, p, e: e**2 * p6.sympy.diff(f, p, 3) / 3,
    "seen_factor": lambda c: p6.sympy.Abs(c - 1),
}


TestDerivations = derivation_tests(p6, WRONG)


@pytest.mark.parametrize("what", gradient_errors.MISTAKES)
def test_the_gradient_check_sees_every_mistake(what):
    error = gradient_errors.error_of_a_mistake(what, seed=1)
    assert (error < 1e-5) == (what == "nothing")


def test_the_error_grows_with_rounding_and_with_epsilon_squared():
    rng = np.random.default_rng(1)
    model = perceptron((6, 8, 4), rng=rng, dtype=np.float64)
    x = rng.standard_normal((200, 6))
    x = x[gradient_errors.draw_clear_batch(model, x, 5, 2e-3, rng)]
    epsilons = np.array([1e-10, 1e-5, 1e-3, 2e-3])
    absolute, relative = gradient_errors.absolute_and_relative_errors(
        model, x, rng.integers(0, 4, 5), epsilons, 50, 0
    )
    assert absolute.shape == relative.shape
    rounding, best, coarse, coarser = np.median(absolute, axis=1)
    assert coarser / coarse == pytest.approx(4, rel=0.05)
    assert best < 0.1 * min(rounding, coarse)
    assert (relative <= 1).all()


def test_clear_of_kinks_means_that_no_state_changes():
    rng = np.random.default_rng(2)
    epsilon = 1e-3
    model = perceptron((3, 5, 4, 2), rng=rng, dtype=np.float64)
    candidates = rng.standard_normal((400, 3))
    x = candidates[gradient_errors.draw_clear_batch(model, candidates, 3, epsilon, rng)]

    def states() -> list[np.ndarray]:
        h, found = x, []
        for module in model:
            h = module.forward(h)
            if isinstance(module, nn.ReLU):
                found.append(h > 0)
        return found

    before = states()
    for array in model.get_parameters():
        for index, kept in np.ndenumerate(array.copy()):
            for step in (epsilon, -epsilon):
                array[index] = kept + step
                assert all(map(np.array_equal, states(), before))
            array[index] = kept


def test_our_own_recipe_lowers_the_rate_to_zero(monkeypatch):
    rates = []

    class Watched(SGD):
        def step(self, gradients: list[np.ndarray]) -> None:
            super().step(gradients)
            rates.append(self.lr)

    monkeypatch.setattr(training, "SGD", Watched)
    _, arrays = train_by(digits(), recipe="tuned", epochs=2, images=128)
    assert arrays["losses"].shape == (2, 8)
    np.testing.assert_allclose(rates, np.linspace(0.1, 0.1 / 16, 16))


def test_numpy_is_enough():
    program = (
        "import sys; from problems.dl_hw1.p6_mytorch.train import train;"
        "assert not {'torch', 'sklearn', 'scipy'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT / "src")


def digits() -> Dataset:
    """Blobs of ten classes, of the shape of MNIST."""
    rng = np.random.default_rng(0)
    centers = rng.uniform(0, 200, (10, 28, 28))

    def part(count: int) -> Part:
        y = rng.permutation(np.arange(count) % 10)
        x = np.clip(centers[y] + 50 * rng.standard_normal((count, 28, 28)), 0, 255)
        return Part(x.astype(np.uint8), y.astype(np.int64))

    return Dataset(
        part(480), part(160), part(100), tuple("0123456789"), (), standin=True, source={}
    )


SMALL = (784, 6, 5, 10)


def compute(folder: Path) -> dict:
    """Train and solve; the metrics."""
    data, runs = digits(), {}
    for recipe in ("xavier", "he", "tuned"):
        runs[recipe] = [folder / f"{recipe}-{seed}.json" for seed in (0, 1)]
        for seed, path in enumerate(runs[recipe]):
            files = {"metrics": path, "arrays": path.with_suffix(".npz")}
            settings = {"recipe": recipe, "seed": seed, "images": 600, "epochs": 1}
            train_job(train_by, data, files, split="published", **settings)
    outputs = {name: folder / f"{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = folder / "arrays.npz"
    inputs = {"source": folder / "-", "first": folder / "xavier-0.npz", **runs}
    perform(SCRIPTS / "solve.py", inputs, outputs, data, images=600, checked=None, seeds=[0, 1])
    return read_json(outputs["metrics"])


@pytest.mark.slow
def test_from_data_to_metrics(monkeypatch, tmp_path):
    # The gradient check is of every entry: a small network has few.
    monkeypatch.setattr(training, "SIZES", SMALL)
    metrics = compute(tmp_path)
    check = metrics["gradient_check"]
    assert check["max_relative_error"] < 1e-5
    assert check["max_relative_error"] <= check["strict_max_relative_error"] <= 1
    assert check["entries"] == metrics["parameters"]
    # Training and validation images, as far as `images` goes.
    assert metrics["images"] == 600
    assert metrics["iterations"] == -(-600 // 64)
    assert metrics["test_accuracy"] == metrics["initializations"]["xavier"]["test_accuracies"][0]
    assert metrics["test_accuracy"] > 0.9
    assert metrics["test_errors"] == round(100 * (1 - metrics["test_accuracy"]))
    assert len(metrics["train_loss"]) == metrics["epochs"] == 1
    assert metrics["parameters"] == sum(a * b + b for a, b in pairwise(SMALL))
    assert {check["id"] for check in read_json(tmp_path / "checks.json")} == WRONG.keys()
    arrays = read_arrays(tmp_path / "arrays.npz")
    assert arrays["shown_images"].shape == (10, 28, 28)
    assert np.sum(arrays["shown_true"] == arrays["shown_predicted"]) == metrics["shown"]["right"]
    assert not np.any(arrays["missed_true"] == arrays["missed_predicted"])
    assert compute(tmp_path) == metrics
