"""Problem 5: each check fails for a wrong formula; networks and statistics are right."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
import torch
from torch import nn

from derivation_tests import derivation_tests
from problems.dl_hw1.p5_initialization import derivations
from problems.dl_hw1.p5_initialization.derivations import gradients_of_equal_units, zero_gradients
from problems.dl_hw1.p5_initialization.model import (
    DeepNetworks,
    accuracies,
    statistics,
    train_epoch,
    trained_state,
)
from problems.dl_hw1.p5_initialization.signal_propagation import predicted_statistics
from problems.dl_hw1.p5_initialization.summary import over_seeds, recommendation
from problems.dl_hw1.p5_initialization.train import train
from proofsheet.data.dataset import Dataset, Part
from proofsheet.exact import Draw

SIZES = (12, 8, 8, 3)


def all_zero(*network):
    """The text's claim: exactly zero gradients, that of the output bias included."""
    *inner, bias = zero_gradients(*network)
    return *inner, 0 * bias


WRONG = {
    "forward_variance": lambda n, m, sigma, x: m * sigma**2 * np.mean(x**2),
    "backward_variance": lambda n, m, sigma, delta: n * sigma**2 * np.mean(delta**2),
    "xavier_compromise": lambda n, m: 2 / n,
    "tanh_moments": lambda q: q / (1 + 2 * q),
    "tanh_contracts": lambda q: q - q**2,
    "relu_half": lambda q: (q / 2, q / 2),
    "relu_any_width": lambda n, sigma: n * sigma**2,
    "wide_network_activations": lambda norms, sizes, method, activation: predicted_statistics(
        norms, sizes, "xavier", activation
    ),
    "zero_network": all_zero,
    "bias_alone": lambda f: sympy.log(len(f)),
    # The text's claim again: that symmetry alone makes gradients zero.
    "equal_weights": lambda gradient, axis: np.zeros_like(gradient),
}


TestDerivations = derivation_tests(derivations, WRONG)


def test_only_equal_weights_to_the_logits_too_leave_hidden_layers_without_gradient():
    draw = Draw(np.random.default_rng(0))
    *hidden, _ = gradients_of_equal_units(draw, np.repeat(draw(1), 3))
    assert not any(gradient.any() for gradient in hidden)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.standard_normal((50, SIZES[0]))).float()
    return x, torch.from_numpy(rng.integers(0, SIZES[-1], 50))


def reference(networks: DeepNetworks, k: int) -> nn.Sequential:
    """Network k as PyTorch's own modules."""
    modules: list[nn.Module] = []
    for weight, bias in zip(networks.weights, networks.biases, strict=True):
        linear = nn.Linear(*weight.shape[1:])
        with torch.no_grad():
            linear.weight.copy_(weight[k].T)
            linear.bias.copy_(bias[k, 0])
        modules += [linear, nn.Tanh()]
    return nn.Sequential(*modules[:-1])


def test_side_by_side_is_one_after_the_other(rows):
    x, y = rows
    networks = DeepNetworks(SIZES, "xavier", "tanh", [0, 1])
    singles = [reference(networks, k) for k in range(2)]
    twin = DeepNetworks(SIZES, "xavier", "tanh", [0, 1])  # draws the same orders
    met = train_epoch(networks, x, y, batch=16)
    assert met.shape == (2, 4)  # the last batch holds two rows
    for k, (single, order) in enumerate(zip(singles, twin.orders(len(y)), strict=True)):
        optimizer = torch.optim.SGD(single.parameters(), lr=0.1)
        for step, picked in enumerate(order.split(16)):
            loss = nn.functional.cross_entropy(single(x[picked]), y[picked])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            assert met[k, step] == pytest.approx(loss.item(), rel=1e-5)
        torch.testing.assert_close(networks(x)[k], single(x), rtol=1e-4, atol=1e-5)
        right = (single(x).argmax(dim=1) == y).double().mean().item()
        assert accuracies(networks, x, y, batch=7)[k] == pytest.approx(right)


def test_a_seed_decides_weights_and_order():
    first = DeepNetworks(SIZES, "he", "relu", [3, 4])
    alone = DeepNetworks(SIZES, "he", "relu", [4])
    assert torch.equal(first.weights[1][1], alone.weights[1][0])
    assert not torch.equal(first.weights[1][0], first.weights[1][1])
    # The same normal numbers and the same order for every method and activation.
    other = DeepNetworks(SIZES, "small_random", "tanh", [3, 4])
    torch.testing.assert_close(other.weights[0] / 0.01, first.weights[0] / (2 / 12) ** 0.5)
    assert torch.equal(other.orders(9), first.orders(9))


def test_statistics_are_those_of_pytorch(rows):
    x, y = rows
    networks = DeepNetworks(SIZES, "he", "tanh", [7])
    found, single = statistics(networks, x, y), reference(networks, 0)
    h = torch.tanh(single[0](x))
    z = single[2](h)
    z.retain_grad()
    nn.functional.cross_entropy(single[4](torch.tanh(z)), y).backward()
    assert found["mean"][0, 0] == pytest.approx(h.mean().item(), abs=1e-6)
    assert found["std"][0, 0] == pytest.approx(h.std(correction=0).item(), rel=1e-5)
    assert found["gradient"][0, 1] == pytest.approx(z.grad.square().mean().sqrt().item(), rel=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_zero_network_learns_the_class_frequencies_and_nothing_else(activation, rows):
    x, _ = rows
    y = torch.tensor([0] * 25 + [1] * 15 + [2] * 10)
    networks = DeepNetworks(SIZES, "zero", activation, [0, 1])
    for _ in range(100):
        train_epoch(networks, x, y, batch=50)
    state = trained_state(networks, y)
    assert state["largest_inner"] == 0
    assert state["entropy"] == pytest.approx(-np.sum([p * np.log(p) for p in (0.5, 0.3, 0.2)]))
    assert state["bias_loss"] == pytest.approx(state["entropy"], abs=1e-3)
    np.testing.assert_allclose(accuracies(networks, x, y), 0.5)


@pytest.mark.parametrize(("method", "trained"), [("zero", [3]), ("xavier", [3, 4])])
def test_of_zero_weights_one_network_is_trained(method, trained):
    rng = np.random.default_rng(0)
    part = Part(rng.integers(0, 256, (20, 4, 3), dtype=np.uint8), np.arange(20) % 2)
    data = Dataset(part, part, part, ("a", "b"), (), standin=True, source={})
    run, arrays = train(
        data, torch.device("cpu"), method=method, seeds=[3, 4], hidden=(5,), epochs=2, batch=10
    )
    assert run["seeds"] == trained
    assert arrays["losses"].shape == (len(trained), 4)


def result(accuracy, kept):
    return {"test_accuracy": np.median(accuracy), "test_accuracies": accuracy, "kept": kept}


def test_overlapping_seeds_are_decided_by_the_scale():
    results = {
        "zero": result([0.11, 0.11], 0.0),
        "small_random": result([0.94, 0.94], 0.01),
        "xavier": result([0.970, 0.980], 0.4),
        "he": result([0.972, 0.976], 0.9),
    }
    # Xavier's median is higher, but the seeds overlap, and He keeps the scale.
    chosen = recommendation(results)
    assert (chosen["method"], chosen["highest"]) == ("He", "Xavier")
    assert chosen["overlapping"] == 1
    results["xavier"] = result([0.990, 0.991], 0.4)
    chosen = recommendation(results)
    assert (chosen["method"], chosen["runner_up"]) == ("Xavier", "He")
    assert chosen["overlapping"] == 0


def test_over_seeds():
    arrays = {
        "std": np.array([[1.0, 0.5, 0.2], [1.0, 0.5, 0.3], [1.0, 0.5, 0.4]]),
        "gradient": np.array([[1.0, 1.0, 2.0], [2.0, 2.0, 4.0], [3.0, 3.0, 6.0]]),
        "predicted_std": np.array([1.0, 0.5, 0.25]),
        "epoch_losses": np.array([[2.0, 1.0], [2.2, 1.2], [2.1, 0.1]]),
    }
    found = over_seeds({"test_accuracies": [0.9, 0.8, 0.2]}, arrays)
    assert found["test_accuracy"] == pytest.approx(0.8)
    assert found["kept"] == pytest.approx(0.3)
    assert found["prediction_error"] == pytest.approx(0.2)
    np.testing.assert_allclose(found["gradient"], [0.5, 0.5, 1])
    assert found["halved_epoch"] == 2
    silent = arrays | {name: np.zeros((3, 3)) for name in ("std", "gradient")}
    silent |= {"epoch_losses": np.full((3, 2), 0.5)}
    found = over_seeds({"test_accuracies": [0.1, 0.1, 0.1]}, silent)
    assert found["kept"] == 0
    np.testing.assert_array_equal(found["gradient"], 0)
