"""The gradient check: what it passes, finds, leaves as it was and refuses."""

import numpy as np
import pytest

from mytorch import nn
from mytorch.utils.gradient_check import both_gradients, gradient_check, relative_errors

BAR = 1e-5
RNG_SEED = 0


def perceptron(dtype=np.float64) -> nn.Sequential:
    rng = np.random.default_rng(RNG_SEED)
    return nn.Sequential(
        nn.Linear(12, 8, rng=rng, dtype=dtype),
        nn.ReLU(),
        nn.Linear(8, 6, rng=rng, dtype=dtype),
        nn.Sigmoid(),
        nn.Linear(6, 3, rng=rng, dtype=dtype),
    )


def batch(*shape: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(RNG_SEED)
    return rng.standard_normal(shape), rng.integers(0, classes, shape[0])


def test_a_mistake_in_the_input_gradient_is_found_below_and_alone():
    class LeakyBackward(nn.ReLU):
        def backward(self, grad_output):
            return super().backward(grad_output) + 0.01 * grad_output

    x, y = batch(5, 12)
    model = perceptron()
    model.modules[1] = LeakyBackward()
    assert gradient_check(model, x, y) > BAR
    # A model without parameters is not waved through.
    assert gradient_check(LeakyBackward(), x[:, :3], y) > BAR


def test_doubled_gradient_has_the_error_of_the_formula():
    """|2n − n| / (|2n| + |n|) = 1/3."""

    class Doubled(nn.Linear):
        def backward(self, grad_output):
            dx = super().backward(grad_output)
            self.dW *= 2
            return dx

    layer = Doubled(4, 3, rng=0, dtype=np.float64)
    assert gradient_check(layer, *batch(5, 4)) == pytest.approx(1 / 3, rel=1e-4)


def test_the_floor_hides_rounding_and_nothing_else():
    found = both_gradients(perceptron(), *batch(5, 12))
    strict = relative_errors(found.analytic, found.numerical)
    total = np.abs(found.analytic) + np.abs(found.numerical)
    np.testing.assert_allclose(
        strict, np.abs(found.analytic - found.numerical) / np.where(total > 0, total, 1)
    )
    floored = relative_errors(found.analytic, found.numerical, found.floor)
    assert gradient_check(perceptron(), *batch(5, 12)) == floored.max() <= strict.max()
    above = total >= found.floor
    assert 0 < above.sum() < len(total)
    np.testing.assert_array_equal(floored[above], strict[above])
    assert relative_errors(np.zeros(2), np.array([0.0, 1.0])).tolist() == [0, 1]
    assert not relative_errors(np.array([np.nan]), np.ones(1)) < BAR


def test_a_sample_is_of_every_array():
    """Even one entry per array meets a wrong bias of the last layer."""
    model = perceptron()
    backward = model[4].backward

    def wrong(grad_output):
        dx = backward(grad_output)
        model[4].db *= 3
        return dx

    model[4].backward = wrong
    assert gradient_check(model, *batch(5, 12), sample=1) == pytest.approx(0.5, rel=1e-3)


def test_leaves_the_model_as_it_was():
    rng = np.random.default_rng(RNG_SEED)
    model = nn.Sequential(
        nn.Linear(4, 5, rng=rng), nn.BatchNorm1d(5), nn.Dropout(0.5, rng=1), nn.Linear(5, 3)
    )
    x, y = batch(6, 4)
    arrays = model.get_parameters()
    kept = [p.copy() for p in arrays]
    x_kept = x.copy()
    assert gradient_check(model, x, y, include_input=True) < BAR
    for now, array, copy in zip(model.get_parameters(), arrays, kept, strict=True):
        assert now is array  # an optimizer that was built before still moves the model
        assert now.dtype == np.float32
        np.testing.assert_array_equal(now, copy)
    assert all(g.dtype == np.float32 for g in model.get_gradients())
    np.testing.assert_array_equal(x, x_kept)
    assert not model[1].running_mean.any()
    fresh = nn.Dropout(0.5, rng=1)
    ones = np.ones((6, 5), np.float32)
    np.testing.assert_array_equal(model[2].forward(ones), fresh.forward(ones))


def test_what_it_cannot_check():
    x, y = batch(5, 12)
    with pytest.raises(ValueError, match="got epsilon = 0"):
        gradient_check(perceptron(), x, y, epsilon=0)
    with pytest.raises(ValueError, match="the loss is nan"):
        gradient_check(perceptron(), np.full_like(x, np.nan), y)

    class Undeclared(nn.Linear):
        parameter_names = ()

        def get_parameters(self):
            return [self.W]

        def get_gradients(self):
            return [self.dW]

    with pytest.raises(ValueError, match="dtype float32 that are not in `parameter_names`"):
        gradient_check(Undeclared(12, 3), x, y)
