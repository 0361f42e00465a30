"""How far a difference quotient is from the derivative, entry by entry, and what it can see.

For a network of linear layers and ReLUs the logits are, between two kinks, affine in any one
parameter: z(p + t) = z + t v. With y a one-hot label, the loss along p is then

    log Σ_i exp(z_i + t v_i) − (z + t v)ᵀy,

whose derivatives are the cumulants of v under softmax(z): the third is E(v − Ev)³. So the error
of the central difference, ε²/6 times the third derivative, can be predicted without a fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mytorch.nn.modules.activation import ReLU
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import Loss, SoftmaxCrossEntropy
from mytorch.nn.sequential import Sequential


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


@dataclass(frozen=True)
class EntryErrors:
    """Derivatives of the loss by some entries of the parameters, k of them.

    Attributes:
        analytic: from `backward`, (k,).
        numerical: central differences, (epsilons, k).
        third: third derivatives, from the cumulants, (k,).
        loss: the loss.
    """

    analytic: np.ndarray
    numerical: np.ndarray
    third: np.ndarray
    loss: float


def entry_errors(
    model: Sequential,
    x: np.ndarray,
    y: np.ndarray,
    epsilons: np.ndarray,
    sample: int,
    rng: np.random.Generator,
) -> EntryErrors:
    """Analytic and numerical derivatives by at most `sample` entries of each parameter.

    Only entries whose derivative is not exactly zero are drawn. Everything is computed in the
    dtype of the model and of `x`, so that float32 can be looked at as well.

    Args:
        model: linear layers and ReLUs, ending with logits.
        x: (n, features).
        y: (n,) integers.
        epsilons: the steps ε, (epsilons,).
    """
    loss = SoftmaxCrossEntropy()
    at_x = loss.forward(model.forward(x), y)
    probabilities = loss.probabilities.astype(np.float64)
    model.backward(loss.backward())
    analytic, numerical, third = [], [], []
    for array, gradient in zip(model.get_parameters(), model.get_gradients(), strict=True):
        alive = np.flatnonzero(gradient)
        for place in rng.permutation(alive)[:sample]:
            index = np.unravel_index(place, array.shape)
            kept = array[index]

            def logits(step: float, array=array, index=index, kept=kept) -> np.ndarray:
                array[index] = kept + step
                z = model.forward(x)
                array[index] = kept
                return z

            h = float(np.finfo(array.dtype).eps) ** (1 / 3)
            slopes = (logits(h).astype(np.float64) - logits(-h)) / (2 * h)
            analytic.append(gradient[index])
            third.append(np.mean(third_central_moment(probabilities, slopes)))
            numerical.append(
                [
                    (loss.forward(logits(e), y) - loss.forward(logits(-e), y)) / (2 * e)
                    for e in map(float, epsilons)
                ]
            )
    return EntryErrors(np.array(analytic), np.array(numerical).T, np.array(third), at_x)


def third_central_moment(probabilities: np.ndarray, v: np.ndarray) -> np.ndarray:
    """E(v − Ev)³ over the last axis, with these probabilities: (…, k) to (…)."""
    centered = v - np.sum(probabilities * v, axis=-1, keepdims=True)
    return np.sum(probabilities * centered**3, axis=-1)


def strict_relative_error(analytic: np.ndarray, numerical: np.ndarray) -> np.ndarray:
    """|a − n| / (|a| + |n|), element by element, and 0 where both are 0 (dl_hw1, Q6.6)."""
    total = np.abs(analytic) + np.abs(numerical)
    return np.abs(analytic - numerical) / np.where(total > 0, total, 1)


def lost_in_norms(
    gradients: Sequence[np.ndarray], factor: float = 1.001, allowed: float = 1e-5
) -> float:
    """Share of the nonzero entries whose error, alone, would pass a check of the whole gradient.

    With one entry multiplied by `factor`, g becomes g', and the check finds
    ‖g' − g‖ / (‖g'‖ + ‖g‖) where the entry by itself shows |factor − 1| / (factor + 1).

    Args:
        gradients: of all parameters, not all of them zero.
        factor: positive.
        allowed: the largest error that passes.
    """
    squares = np.concatenate([np.square(g, dtype=np.float64).ravel() for g in gradients])
    whole, squares = squares.sum(), squares[squares > 0]
    changed = np.sqrt(whole + (factor**2 - 1) * squares)
    found = abs(factor - 1) * np.sqrt(squares) / (changed + np.sqrt(whole))
    return float(np.mean(found < allowed))


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


def with_linear(layer: type[Linear]) -> Callable[..., tuple[Sequential, Loss]]:
    """A small network whose last layer is of this kind, and its loss."""
    return lambda sizes, rng: (
        Sequential(
            Linear(sizes[0], sizes[1], rng=rng, dtype=np.float64),
            ReLU(),
            layer(sizes[1], sizes[2], rng=rng, dtype=np.float64),
        ),
        SoftmaxCrossEntropy(),
    )


def with_activation(activation: type[ReLU]) -> Callable[..., tuple[Sequential, Loss]]:
    """A small network with this activation, and its loss."""
    return lambda sizes, rng: (
        Sequential(
            Linear(sizes[0], sizes[1], rng=rng, dtype=np.float64),
            activation(),
            Linear(sizes[1], sizes[2], rng=rng, dtype=np.float64),
        ),
        SoftmaxCrossEntropy(),
    )


def with_loss(loss: type[Loss]) -> Callable[..., tuple[Sequential, Loss]]:
    """A small network, and this loss."""
    return lambda sizes, rng: (with_linear(Linear)(sizes, rng)[0], loss())


# What is wrong, and the network with it; the first is right.
CASES: dict[str, Callable[..., tuple[Sequential, Loss]]] = {
    "nothing": with_linear(Linear),
    "loss gradient not divided by the batch size": with_loss(UnaveragedLoss),
    "bias gradient averaged instead of summed": with_linear(AveragedBias),
    "ReLU masked by the sign of the gradient": with_activation(MaskedByGradient),
    "ReLU without its mask": with_activation(Unmasked),
    "one entry of dW times 1.001": with_linear(OneEntry),
}
