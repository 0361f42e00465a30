"""Class sizes, effective numbers, weights and the focal loss."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from problems.cs7643_ps2.p7_cifar10.long_tail import (
    LOSSES,
    FocalLoss,
    class_balanced_weights,
    effective_number,
    long_tailed_counts,
    long_tailed_rows,
    loss_of,
)


def test_counts_of_the_published_benchmark():
    # The sizes of CIFAR-10-LT with factor 100, from 5,000 images of each class.
    assert long_tailed_counts(5000, 10).tolist() == [
        5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50,
    ]  # fmt: skip


@given(st.integers(1, 5000), st.integers(2, 100), st.floats(1, 1000))
def test_counts_fall_from_the_largest(largest, classes, factor):
    counts = long_tailed_counts(largest, classes, factor)
    assert counts[0] == largest
    assert (np.diff(counts) <= 0).all()
    assert counts[-1] >= 1
    assert counts[-1] == max(int(largest / factor * (1 + 1e-12)), 1)


@pytest.mark.parametrize(("classes", "factor"), [(1, 100), (10, 0.5)])
def test_counts_refuse_what_has_no_tail(classes, factor):
    with pytest.raises(ValueError, match="at least"):
        long_tailed_counts(100, classes, factor)


def test_rows_are_of_the_smallest_class_s_size_and_in_order():
    y = np.random.default_rng(0).integers(0, 4, 4000)
    smallest = np.bincount(y).min()
    rows = long_tailed_rows(y, 4, 8.0, seed=3)
    assert (np.diff(rows) > 0).all()
    assert np.bincount(y[rows]).tolist() == long_tailed_counts(smallest, 4, 8.0).tolist()
    assert (rows == long_tailed_rows(y, 4, 8.0, seed=3)).all()
    assert set(rows) != set(long_tailed_rows(y, 4, 8.0, seed=4))


@given(st.integers(1, 100000), st.floats(1e-9, 1 - 1e-9))
def test_effective_number_lies_between_one_and_the_count(count, beta):
    value = float(effective_number(count, beta))
    assert 1 - 1e-6 <= value <= count * (1 + 1e-6)


def test_weights_have_mean_one_and_favor_the_rare():
    weights = class_balanced_weights([4500, 300, 45])
    assert weights.mean() == pytest.approx(1)
    assert weights[0] < weights[1] < weights[2]
    assert class_balanced_weights([7, 7]).tolist() == [1, 1]


@given(st.floats(0, 4), st.integers(0, 2**16))
def test_focal_loss_is_its_definition(gamma, seed):
    rng = np.random.default_rng(seed)
    z, y, w = rng.normal(0, 3, (5, 4)), rng.integers(0, 4, 5), rng.uniform(0.1, 2, 4)
    p = torch.softmax(torch.tensor(z), dim=1).numpy()[np.arange(5), y]
    expected = np.mean(-w[y] * (1 - p) ** gamma * np.log(p))
    value = FocalLoss(w, gamma)(torch.tensor(z), torch.tensor(y)).item()
    assert value == pytest.approx(expected, rel=1e-9)


def test_a_certain_image_has_no_focal_gradient_and_no_nan():
    z = torch.tensor([[200.0, 0.0, 0.0]], requires_grad=True)
    FocalLoss(None, 1.0)(z, torch.tensor([0])).backward()
    assert z.grad.abs().max() == 0


def test_the_three_losses_by_name():
    counts = np.array([100, 10])
    z, y = torch.randn(6, 2, dtype=torch.float64), torch.tensor([0, 1, 1, 0, 1, 0])
    values = {name: loss_of(name, counts)(z, y).item() for name in LOSSES}
    assert values["cross_entropy"] == pytest.approx(functional.cross_entropy(z, y).item())
    assert values["focal"] < values["class_balanced"] != pytest.approx(values["cross_entropy"])
    with pytest.raises(ValueError, match="cross_entropy, class_balanced, focal"):
        loss_of("hinge", counts)
