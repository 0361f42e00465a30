"""Are the gradients right? Compare them with differences of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:  # `mytorch.nn` offers this function too: importing it here would be a circle
    from mytorch.nn.modules.loss import Loss
    from mytorch.nn.modules.module import Module

# By how many units in the last place two evaluations of a loss may differ through rounding. Seen:
# at most 2.7, over perceptrons, convolutional networks and batch normalization, five layers deep.
LOSS_ROUNDING = 4
# What that rounding may then appear as, at most: well below the 1e-5 that the check is about.
ROUNDING_ERROR = 1e-6


def gradient_check(
    model: Module, x: np.ndarray, y: np.ndarray, epsilon: float = 1e-5, **options: Any
) -> float:
    """The largest relative error over all entries of all parameters (dl_hw1, Q6.6).

    For each entry, the a of `backward` is compared with n = (L(p + ε) − L(p − ε)) / 2ε as
    |a − n| / (|a| + |n|). Where both are so small that n is mostly the rounding of L, the
    denominator is the `floor` of `both_gradients` instead, so that rounding appears as 10⁻⁶ at
    most; two zeros give 0.

    Arguments, `options` and errors are those of `both_gradients`.

    Returns:
        The maximum; below 1e-5 for a right implementation.
    """
    found = both_gradients(model, x, y, epsilon, **options)
    return float(np.max(relative_errors(found.analytic, found.numerical, found.floor), initial=0.0))


def relative_errors(analytic: np.ndarray, numerical: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """|a − n| / max(|a| + |n|, floor), entry by entry, and 0 where both are 0.

    Without a floor it is the measure of dl_hw1, Q6.6, to the letter.
    """
    total = np.maximum(np.abs(analytic) + np.abs(numerical), floor)
    return np.abs(analytic - numerical) / np.where(total > 0, total, 1)


class BothGradients(NamedTuple):
    """Derivatives of the loss by k entries, of the parameters in their order.

    Attributes:
        analytic: from `backward`, (k,).
        numerical: central differences, (k,).
        floor: where |a| + |n| is smaller than this, the rounding of the loss may change the
            relative error by more than 10⁻⁶.
    """

    analytic: np.ndarray
    numerical: np.ndarray
    floor: float


def both_gradients(
    model: Module,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float = 1e-5,
    *,
    loss: Loss | None = None,
    sample: int | None = None,
    include_input: bool | None = None,
    rng: np.random.Generator | int | None = 0,
) -> BothGradients:
    """The gradients of `backward` and the difference quotients of the loss.

    The model ends with its output (logits); **the loss stands outside**:
    L = loss.forward(model.forward(x), y), by default `SoftmaxCrossEntropy`.

    Everything is computed in float64, whatever the dtype of the model, since float32 cannot
    resolve ε = 10⁻⁵. The model's own arrays are back in place afterwards, unchanged, and so are
    running statistics. A model with dropout in training uses one mask throughout. Its gradients
    are not: call `backward` before the next step of an optimizer.

    An entry whose ±ε moves a ReLU or a maximum across its kink shows an error that is none:
    draw another `x` then.

    Args:
        x: input of the model.
        y: what the loss takes beside the output: labels for the default.
        epsilon: ε.
        loss: any `Loss`, for instance `MSELoss()` for a layer whose output is an image.
        sample: entries checked per array, drawn with `rng`; None checks them all. Each costs
            two forward passes.
        include_input: check ∂L/∂x too. None does so where the model has no parameters, so that
            a check is never empty.

    Raises:
        ValueError: ε ≤ 0; parameters that are neither float64 nor declared in
            `parameter_names`, so that they could not be converted; a loss that is not finite.
    """
    if not epsilon > 0:
        raise ValueError(f"gradient_check: got epsilon = {epsilon}, wants > 0")
    if loss is None:
        from mytorch.nn.modules.loss import SoftmaxCrossEntropy

        loss = SoftmaxCrossEntropy()
    x = np.array(x, np.float64)
    rng = np.random.default_rng(rng)

    with _in_double(model):
        state = model.get_state()

        def value() -> float:
            model.set_state(state)
            return loss.forward(model.forward(x), y)

        try:
            at_x = value()
            if not np.isfinite(at_x):
                raise ValueError(f"gradient_check: the loss is {at_x}, wants a finite one")
            dx = model.backward(loss.backward())
            parameters = model.get_parameters()
            arrays = [(p, g.copy()) for p, g in zip(parameters, model.get_gradients(), strict=True)]
            if include_input or (include_input is None and not arrays):
                arrays.append((x, dx.copy()))
            pairs = [
                pair
                for array, gradient in arrays
                for pair in _both(array, gradient, value, epsilon, sample, rng)
            ]
        finally:
            model.set_state(state)
    analytic, numerical = np.array(pairs, np.float64).reshape(-1, 2).T
    rounding = LOSS_ROUNDING * np.finfo(np.float64).eps * max(abs(at_x), 1) / epsilon
    return BothGradients(analytic, numerical, float(rounding / ROUNDING_ERROR))


def _both(
    array: np.ndarray,
    gradient: np.ndarray,
    value: Callable[[], float],
    epsilon: float,
    sample: int | None,
    rng: np.random.Generator,
) -> Iterator[tuple[float, float]]:
    """(analytic, numerical) for the entries of `array`, or for `sample` of them."""
    if gradient.shape != array.shape:
        raise ValueError(
            f"gradient_check: a gradient has shape {gradient.shape}, its parameter {array.shape}"
        )
    entries = np.arange(array.size)
    if sample is not None and sample < array.size:
        entries = rng.choice(entries, sample, replace=False)
    for entry in entries:
        index = np.unravel_index(entry, array.shape)
        kept = array[index]
        array[index] = kept + epsilon
        above = value()
        array[index] = kept - epsilon
        below = value()
        array[index] = kept
        yield gradient[index], (above - below) / (2 * epsilon)


@contextmanager
def _in_double(model: Module) -> Iterator[None]:
    """Stand float64 copies of the parameters and gradients in for the model's own."""
    kept: list[tuple[Module, str, np.ndarray]] = []
    try:
        for module in _all_modules(model):
            for name in (n for p in module.parameter_names for n in (p, f"d{p}")):
                own = getattr(module, name)
                kept.append((module, name, own))
                setattr(module, name, own.astype(np.float64))
        others = {str(p.dtype) for p in model.get_parameters() if p.dtype != np.float64}
        if others:
            raise ValueError(
                f"gradient_check: got parameters of dtype {', '.join(sorted(others))} that are "
                "not in `parameter_names`, wants float64: build the model with dtype=np.float64"
            )
        yield
    finally:
        for module, name, own in kept:
            setattr(module, name, own)


def _all_modules(model: Module) -> Iterator[Module]:
    yield model
    for child in model.children():
        yield from _all_modules(child)
