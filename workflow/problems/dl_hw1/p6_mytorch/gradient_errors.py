"""Difference quotients of a network over the step ε, and networks with wrong gradients."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import Loss, SoftmaxCrossEntropy
from mytorch.nn.sequential import Sequential
from mytorch.utils.gradient_check import gradient_check, relative_errors


def clear_of_kinks(model: Sequential, x: np.ndarray, epsilon: float) -> bool:
    """Whether no ReLU changes its state when any one parameter moves by ±`epsilon`.

    A bound: an entry of W moves its layer's output by at most ε max|input|, and what moves the
    input of a later layer by δ moves its output by at most δ times the largest row sum of |W|.
    """
    reach, h = 0.0, np.asarray(x, np.float64)
    for module in model:
        if isinstance(module, Linear):
            upstream = reach * np.abs(module.W).sum(axis=1).max()
            reach = max(epsilon * np.abs(h).max(initial=1.0), upstream)
        elif isinstance(module, ReLU) and np.abs(h).min() <= reach:
            return False
        h = module.forward(h)
    return True


def draw_clear_batch(
    model: Sequential,
    x: np.ndarray,
    size: int,
    epsilon: float,
    rng: np.random.Generator,
    tries: int = 1000,
) -> np.ndarray:
    """Places of `size` rows of `x` on which the model is clear of kinks.

    Raises:
        ValueError: none of `tries` draws was.
    """
    for _ in range(tries):
        picked = rng.choice(len(x), size, replace=False)
        if clear_of_kinks(model, x[picked], epsilon):
            return picked
    raise ValueError(f"none of {tries} batches of {size} is clear of kinks at ε = {epsilon:g}")


def absolute_and_relative_errors(
    model: Sequential, x: np.ndarray, y: np.ndarray, epsilons: np.ndarray, sample: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of at most `sample` entries of each parameter: |a − n| and |a − n| / (|a| + |n|).

    Only entries whose derivative a is not exactly zero are drawn. Everything is computed in the
    dtype of the model and of `x`, so that float32 can be looked at as well.

    Args:
        x, y: (n, features) and (n,) integers.
        epsilons: the steps ε of the difference quotient n.

    Returns:
        Two arrays (epsilons, entries).
    """
    loss, rng = SoftmaxCrossEntropy(), np.random.default_rng(seed)
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    analytic, numerical = [], []
    for array, gradient in zip(model.get_parameters(), model.get_gradients(), strict=True):
        for place in rng.permutation(np.flatnonzero(gradient))[:sample]:
            index = np.unravel_index(place, array.shape)
            kept = array[index]

            def value(step: float, array=array, index=index, kept=kept) -> float:
                array[index] = kept + step
                at = loss.forward(model.forward(x), y)
                array[index] = kept
                return at

            analytic.append(gradient[index])
            numerical.append([(value(e) - value(-e)) / (2 * e) for e in map(float, epsilons)])
    a, n = np.array(analytic, np.float64), np.array(numerical).T
    return np.abs(a - n), relative_errors(a, n)


# Wrong gradients, to see that the check sees them: each makes one mistake that people make.


class UnaveragedLoss(SoftmaxCrossEntropy):
    """A loss that is averaged over the batch, and a gradient that is not."""

    def backward(self, grad_output: float = 1.0) -> np.ndarray:
        """softmax(z) − y."""
        return super().backward(grad_output) * len(self.probabilities)


class AveragedBias(Linear):
    """A bias gradient averaged a second time."""

    def backward_parameters(self, grad_output: np.ndarray) -> None:
        """db = mean instead of sum."""
        super().backward_parameters(grad_output)
        self.db /= len(grad_output)


class MaskedByGradient(ReLU):
    """A mask from the sign of the gradient instead of the input's."""

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """G ⊙ 1[G > 0]."""
        return grad_output * (grad_output > 0)


class Unmasked(ReLU):
    """No mask."""

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """G."""
        return grad_output


class OneEntry(Linear):
    """One single entry of dW, a thousandth too large."""

    def backward_parameters(self, grad_output: np.ndarray) -> None:
        """dW with its last entry times 1.001."""
        super().backward_parameters(grad_output)
        self.dW[-1, -1] *= 1.001


def small_network(
    rng: np.random.Generator,
    last: type[Linear] = Linear,
    activation: type[ReLU] = ReLU,
    loss: type[Loss] = SoftmaxCrossEntropy,
) -> tuple[Sequential, Loss]:
    """6 → 8 → 4 in double, with these parts, and its loss."""
    first = Linear(6, 8, rng=rng, dtype=np.float64)
    return Sequential(first, activation(), last(8, 4, rng=rng, dtype=np.float64)), loss()


# What is wrong, and the part of `small_network` that is.
MISTAKES = {
    "nothing": {},
    "loss gradient not divided by the batch size": {"loss": UnaveragedLoss},
    "bias gradient averaged instead of summed": {"last": AveragedBias},
    "ReLU masked by the sign of the gradient": {"activation": MaskedByGradient},
    "ReLU without its mask": {"activation": Unmasked},
    "one entry of dW times 1.001": {"last": OneEntry},
}


def error_of_a_mistake(what: str, seed: int, epsilon: float = 1e-5) -> float:
    """What the gradient check says about one of the `MISTAKES`, on five random rows."""
    rng = np.random.default_rng(seed)
    model, loss = small_network(rng, **MISTAKES[what])
    rows = rng.standard_normal((200, 6))
    rows = rows[draw_clear_batch(model, rows, 5, epsilon, rng)]
    return gradient_check(model, rows, rng.integers(0, 4, 5), epsilon, loss=loss)
