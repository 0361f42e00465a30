"""Checks fail on wrong formulas; the nets are as given; the scripts run in miniature."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from mytorch.nn.modules.batchnorm import BatchNorm1d
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.sequential import Sequential
from mytorch.training import accuracy
from problems.eecs182_hw5.q6_cnn import derivations as q6
from problems.eecs182_hw5.q6_cnn import textbook, train, train_numpy
from problems.eecs182_hw5.q6_cnn.designs import (
    GivenRecipe,
    given_net,
    within_limits,
)
from problems.eecs182_hw5.q6_cnn.numpy_nets import (
    AdamRecipe,
    fit,
    fully_connected,
)
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_json
from proofsheet.learning.cifar_plan import OWN
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.small_image_nets import BalancedNet
from train_job import perform, train_job

SCRIPTS = Path(__file__).parents[2] / "workflow/problems/eecs182_hw5/q6_cnn"


class ForgetfulNorm(BatchNorm1d):
    """Batch norm whose backward pass takes the variance for a constant."""

    def backward(self, grad_output):
        dx = super().backward(grad_output)
        g = grad_output - grad_output.mean(axis=0)
        return g * (self.gamma / self._cache[1]) if len(dx) > 1 else dx


def as_printed(x, g, gamma, eps=q6.EPS):
    """The last line of the text's solution: X_ij − μ_j is missing before the last sum."""
    n, c = len(x), x - x.sum(axis=0) / len(x)
    v = (c**2).sum(axis=0) / n + eps
    return gamma / v**0.5 * (g - g.sum(axis=0) / n - (g * c).sum(axis=0) / v / n)


def with_forgetful_norm(rng):
    head = [Flatten(), Linear(6, 4, rng=rng, dtype=np.float64)]
    return [(Sequential(ForgetfulNorm(6, dtype=np.float64), *head), (5, 6))]


def forgetful_network(rng):
    net = Sequential(
        Linear(8, 6, rng=rng, dtype=np.float64), ForgetfulNorm(6, dtype=np.float64),
        Linear(6, 4, rng=rng, dtype=np.float64),
    )  # fmt: skip
    return [(net, rng.standard_normal((7, 8)))]


def decayed_everywhere(model, strength):
    return [strength * parameter for parameter in model.get_parameters()]


def unshifted(x, gamma, beta):
    return {"Y": q6.forward(x, gamma, 0 * beta)["Y"]}


def without_half(x, g, gamma):
    found = q6.node_gradients(x, g, gamma)
    return found | {r"\sigma^2": 2 * found[r"\sigma^2"]}


WRONG = {
    "edges_of_the_graph": q6.EDGES - {(r"\mu", r"\sigma^2")},
    "silent_edge": lambda x, at: 0 * at,
    "forward_is_batch_norm": unshifted,
    "gradient_of_the_input": as_printed,
    "gradients_of_the_nodes": without_half,
    "gradients_of_the_parameters": lambda x, g: ((g * x).sum(axis=0), g.sum(axis=0)),
    "what_the_gradient_cannot_do": lambda gamma, s, along: 0 * along,
    "scaled_input": lambda a: q6.EPS,
    "graph_against_closed_form": "forward",
    "layer_gradients": with_forgetful_norm,
    "dropout_keeps_the_mean": lambda x, p: (x, p * x**2),
    "penalty_gradient": decayed_everywhere,
    "network_gradients": forgetful_network,
    "parameters_by_hand": lambda classes, normalize: (
        q6.parameters_of_the_given_net(classes, normalize) - 256
    ),
    # Two more convolutions: a residual block on the first scale as well.
    "parameters_of_the_design": lambda a, b, classes: (
        q6.parameters_of_our_net(a, b, classes) + 2 * 9 * b**2
    ),
    # Three windows of 3 × 3 one after the other, as if nothing thinned the image out in between.
    "seen_pixels": lambda: {"given": 7, "ours": 32},
}


TestDerivations = derivation_tests(q6, WRONG)


def kinds(model):
    return [type(layer).__name__ for layer in model]


def test_fully_connected_nets_have_their_layers_in_order():
    net = fully_connected((12, 5, 4, 3), normalize=True, dropout=0.5, rng=0)
    block = ["Linear", "BatchNorm1d", "ReLU", "Dropout"]
    assert kinds(net) == [*block, *block, "Linear"]
    assert kinds(fully_connected((12, 5, 3))) == ["Linear", "ReLU", "Linear"]
    assert fully_connected((400, 300, 3), init=0.02, rng=0)[0].W.std() == pytest.approx(0.02, 0.02)


def test_a_net_learns_what_can_be_learned_and_repeats_itself():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((90, 6)).astype(np.float32)
    y = x[:, :3].argmax(axis=1)

    def run():
        model = fully_connected((6, 30, 3), normalize=True, rng=1)
        curves = fit(
            model, (x[:60], y[:60]), (x[60:], y[60:]), AdamRecipe(20, 20, 1e-2),
            rng=np.random.default_rng(2),
        )  # fmt: skip
        return model, curves

    (model, first), (_, second) = run(), run()
    assert first["loss"].shape == (60,)
    assert first["train_accuracy"][-1] > 0.9
    assert accuracy(model, x[60:], y[60:]) == first["validation_accuracy"][-1] > 0.6
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_the_given_net_is_as_the_course_has_it():
    net = given_net(10, normalize=True, dropout=0.2)
    x = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    assert net(x).shape == (2, 10)
    values = net[0](x)
    assert values.shape == (2, 3, 32, 32)
    torch.testing.assert_close(values[1, 2, 3, 4], x[1, 3, 4, 2].float() * 2 / 255 - 1)
    convolutions = [layer for layer in net if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [16, 32, 64]
    assert [layer.stride[0] for layer in convolutions] == [1, 1, 2]
    assert [layer.p for layer in net if isinstance(layer, torch.nn.Dropout)] == [0.2]


def test_the_rate_falls_by_a_hundredth_after_each_epoch():
    optimizer, schedule = GivenRecipe().steppers(torch.nn.Linear(1, 1), steps=20)
    rates = []
    for _ in range(20):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    np.testing.assert_allclose(rates[::4], 1e-3 * 0.99 ** np.arange(5))
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)


def test_the_design_keeps_to_the_limits_for_a_hundred_classes():
    model = BalancedNet(np.zeros((4, 32, 32, 3), np.uint8), classes=100)
    # On a GPU, too.
    recipe = OWN.adapted(torch.device("cuda"), None, {}).recipe
    assert within_limits(
        {
            "parameters": parameter_count(model),
            "steps": recipe.epochs * -(-50_000 // recipe.batch),
            "epochs": recipe.epochs,
        }
    )
    assert not within_limits({"parameters": 1_000_001, "steps": 1, "epochs": 1})


@pytest.fixture
def noise() -> Dataset:
    """Noise whose color says its class."""
    rng = np.random.default_rng(0)
    palette = rng.integers(40, 215, (10, 3))

    def part(count: int, start: int | None = None) -> Part:
        y = rng.permutation(np.repeat(np.arange(10), count // 10))
        x = np.clip(palette[y][:, None, None] + rng.normal(0, 25, (len(y), 32, 32, 3)), 0, 255)
        part = Part(x.astype(np.uint8), y.astype(np.int64))
        return part if start is None else replace(part, index=np.arange(start, start + len(y)))

    names = tuple(f"color {k}" for k in range(10))
    return Dataset(part(60, 0), part(20, 60), part(40), names, (), standin=True, source={})


def measure(noise, folder: Path) -> dict[str, Path]:
    """All runs and the problem; the files of the problem."""
    inputs: dict = {"source": folder / "source.json"}

    def both(name: str) -> dict[str, Path]:
        files = {"metrics": folder / f"{name}.json", "arrays": folder / f"{name}.npz"}
        inputs.update({name: files["metrics"], f"{name}_arrays": files["arrays"]})
        return files

    train_job(
        train_numpy.train, noise, both("numpy"), seed=0, images=50, scales=2, repetitions=1,
        dropout_repetitions=2, convnet_epochs=1, speed_repetitions=2,
    )  # fmt: skip
    sizes = {"images": 50, "measured": 40, "epochs": 1}
    for name in ("plain", "bn_dropout"):
        train_job(train.train_given, noise, both(name), network=name, split="halves", **sizes)
    train_job(train.train_own, noise, both("own"), **sizes)
    outputs = {name: folder / f"{name}.json" for name in ("metrics", "checks", "graph")}
    outputs["arrays"] = folder / "arrays.npz"
    perform(SCRIPTS / "solve.py", inputs, outputs, noise, seed=0, dataset="cifar10")
    return outputs


@pytest.mark.slow
def test_the_problem_in_miniature(noise, tmp_path):
    files = measure(noise, tmp_path / "first")
    metrics = read_json(files["metrics"])
    assert metrics["dataset"] == "cifar10"
    assert metrics["batchnorm"]["rows"]["speedup"] > 0
    for name, bar in (("plain", 0.70), ("bn_dropout", 0.72), ("own", 0.80)):
        run = metrics[name]
        assert 0 <= run["test_accuracy"] <= 1
        assert run["over_bar"] == pytest.approx(run["test_accuracy"] - bar)
    assert metrics["own"]["within_limits"] is True
    gain = metrics["bn_dropout"]["test_accuracy"] - metrics["plain"]["test_accuracy"]
    assert metrics["bn_dropout"]["against_plain"]["difference"] == pytest.approx(gain)
    # Test images at even places are for validation, those at odd places for the test.
    halves = [metrics["own"][f"{part}_accuracy"] for part in ("validation", "test")]
    run = read_json(tmp_path / "first/own.json")
    assert np.mean(halves) == pytest.approx(run["test_accuracy"])
    logits = read_arrays(tmp_path / "first/own.npz")["test_logits"]
    assert halves[1] == np.mean(logits[1::2].argmax(axis=1) == noise.test.y[1::2])
    assert len(metrics["weight_scale"]["plain"]["train_accuracy"]) == 2
    convnet = metrics["convnet"]
    gain = convnet["normalized"]["validation_accuracy"] - convnet["plain"]["validation_accuracy"]
    assert convnet["against_plain"]["difference"] == pytest.approx(gain)
    assert set(metrics["weight_scale"]["plain_ahead"]) == {"validation", "largest"}
    assert metrics["dropout_regularization"]["gain"]["repetitions"] == 2

    figures(files, tmp_path)


def figures(files: dict[str, Path], folder: Path) -> None:
    """All of them are drawn, and tables carry the mark of stand-in data."""
    write_json(folder / "source.json", {"standin": True})
    drawn = ("graph", "depth", "scale", "convnet", "dropout", "curves")
    outputs = {name: folder / f"{name}.svg" for name in drawn} | {
        "networks": folder / "networks.md"
    }
    inputs = {name: files[name] for name in ("metrics", "graph", "arrays")}
    perform(SCRIPTS / "figures.py", inputs | {"source": folder / "source.json"}, outputs)
    assert all(outputs[name].read_text().startswith("<?xml") for name in drawn)
    assert "†" in outputs["networks"].read_text()


def test_the_notebooks_loss_is_pytorchs_and_differences_find_its_gradient():
    rng = np.random.default_rng(0)
    scores, y = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    loss, gradient = textbook.softmax_loss(scores, y)
    tensor = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(tensor, torch.tensor(y))
    expected.backward()
    assert loss == pytest.approx(expected.item())
    assert textbook.rel_error(gradient, tensor.grad.numpy()) < 1e-12
    numeric = textbook.numeric_gradient(
        lambda: np.array(textbook.softmax_loss(scores, y)[0]), scores, np.ones(())
    )
    assert textbook.rel_error(gradient, numeric) < 1e-6
    assert textbook.rel_error(2 * gradient, numeric) > 0.1
