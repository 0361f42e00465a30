"""The network for digits, its shifted images, and optimizers of both kinds under one schedule."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from problems.csci5527_hw3.p1_optimizers.comparison import (
    agreement,
    paired,
    ranking,
    step_lengths,
    tuning_summary,
)
from problems.csci5527_hw3.p1_optimizers.network import (
    IMPLEMENTATIONS,
    OPTIMIZERS,
    WARM_UP,
    layer_parameters,
    network,
    scaled,
    shifted,
)
from proofsheet.learning import optimizers


def test_three_layers_and_ten_logits():
    assert len(layer_parameters(network())) == 3
    assert network()(torch.zeros(5, 1, 28, 28)).shape == (5, 10)


def test_pixels_are_scaled_and_keep_their_places():
    images = np.arange(2 * 28 * 28, dtype=np.int64).reshape(2, 28, 28) % 256
    x = scaled(images.astype(np.uint8))
    assert x.dtype == torch.float32
    np.testing.assert_allclose(x[:, 0].numpy(), images / 255, rtol=1e-6)


@given(
    n=st.integers(1, 5), height=st.integers(3, 9), width=st.integers(3, 9), most=st.integers(0, 2),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_every_image_is_moved_as_a_whole(n, height, width, most, seed):
    x = torch.rand(n, 1, height, width, generator=torch.Generator().manual_seed(seed))
    moved = shifted(x, torch.Generator().manual_seed(seed), most)
    padded = torch.nn.functional.pad(x, (most,) * 4)
    for image, result in zip(padded, moved, strict=True):
        windows = image.unfold(1, height, 1).unfold(2, width, 1)[0].flatten(0, 1)
        assert (windows == result).flatten(1).all(dim=1).any()


def test_all_offsets_are_equally_likely():
    x = torch.zeros(9000, 1, 5, 5)
    x[:, 0, 2, 2] = 1
    found = shifted(x, torch.Generator().manual_seed(0), 1).sum(dim=0)[0]
    assert found[1:4, 1:4].sum() == 9000
    assert (found[1:4, 1:4] - 1000).abs().max() < 150  # five standard deviations


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_implementations_get_the_same_rates(name):
    steps, settings = 5 * WARM_UP, {"lr": 0.5}
    rates = {}
    for implementation in ("ours", "builtin"):
        model = torch.nn.Linear(2, 1, bias=False)
        recipe = IMPLEMENTATIONS[implementation](name, settings)
        optimizer, schedule = recipe.steppers(model, steps)
        assert isinstance(optimizer, optimizers.Optimizer) == (implementation == "ours")
        rates[implementation] = []
        for _ in range(steps):
            ours = implementation == "ours"
            rates[implementation].append(optimizer.lr if ours else optimizer.param_groups[0]["lr"])
            optimizer.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            optimizer.step()
            schedule.step()
    np.testing.assert_allclose(rates["ours"], rates["builtin"], rtol=1e-12)
    assert max(rates["ours"]) == rates["ours"][WARM_UP] == 0.5
    assert rates["ours"][0] == pytest.approx(0.5 / WARM_UP)
    assert rates["ours"][-1] < 0.5 * 0.01
    # Only Adagrad, whose steps shrink by themselves, keeps its rate for half the training.
    assert (rates["ours"][steps // 2] == 0.5) == (name == "adagrad")


def test_a_choice_at_the_end_of_what_was_tried_is_told():
    scores = ((1, 0.5), (2, 0.9), (3, 0.6))
    along = [{"value": value, "validation_accuracy": score} for value, score in scores]
    found = {"chosen": {"lr": 2}, "axes": {"lr": along}}
    told = tuning_summary(found)
    assert not told["at_an_end"]
    assert (told["worst_validation_accuracy"], told["validation_accuracy"]) == (0.5, 0.9)
    assert tuning_summary(found | {"chosen": {"lr": 3}})["at_an_end"]


TRUTH = np.zeros(1000, dtype=np.int64)


def run(*wrong: int) -> dict[str, np.ndarray]:
    """A training that gets these of the test images wrong."""
    predicted = TRUTH.copy()
    predicted[list(wrong)] = 1
    return {"predicted": predicted}


def test_networks_are_compared_image_by_image():
    # Wrong on the same 50 images: no chance. Image 1 is right in one run of two, image 2 in all.
    alike = [run(*range(100, 150)), run(*range(100, 150))]
    assert paired(alike, alike, TRUTH) == (0, 0)
    first, second = [run(1), run()], [run(1, 2), run(1, 2)]
    assert paired(first, second, TRUTH) == pytest.approx((1.5e-3, (0.5**2 + 1) ** 0.5 / 1000))


def test_differences_are_weighed_against_chance():
    ours = {"adam": [run(*range(10))], "adagrad": [run(*range(20))]}
    near = {"adam": [run(*range(2, 13))], "adagrad": [run(*range(20))]}
    far = {"adam": [run(*range(2, 13))], "adagrad": [run(*range(60))]}
    compared = agreement(ours, near, TRUTH)
    assert compared["largest_difference"] == pytest.approx(0.001)
    assert compared["paired_deviation"] == pytest.approx(5**0.5 / 1000)
    assert compared["largest_of"] == "Adam"
    assert compared["largest_in_deviations"] == pytest.approx(1 / 5**0.5)
    assert compared["different"] == {"adam": pytest.approx(5 / 1000), "adagrad": 0}
    assert agreement(ours, far, TRUTH)["largest_in_deviations"] == pytest.approx(40**0.5)


def test_the_best_and_the_last_are_compared_on_the_same_images():
    runs = {"adam": [run(*range(10))], "adagrad": [run(*range(1, 13))]}
    results = {
        name: {"test_accuracy": value, "test_accuracies": [value]}
        for name, value in (("adagrad", 0.988), ("adam", 0.99))
    }
    order = ranking(results, runs, TRUTH)
    assert (order["best"], order["last"], order["passed"]) == ("Adam", "Adagrad", 2)
    assert order["least"] == 0.988
    assert order["gap"] == pytest.approx(0.002)
    assert order["gap_in_deviations"] == pytest.approx(1)


def test_step_lengths_are_those_of_the_chapter():
    lengths = step_lengths(400)
    t = np.arange(1, 401)
    np.testing.assert_allclose(lengths["constant_adagrad"], 1 / np.sqrt(t), rtol=1e-6)
    np.testing.assert_allclose(lengths["constant_rmsprop"], 1 / np.sqrt(1 - 0.99**t), rtol=1e-6)
    np.testing.assert_allclose(lengths["constant_adam"], 1, rtol=1e-6)
    assert lengths["change_adagrad"][-1] < 1e-3
