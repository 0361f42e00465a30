"""Losses: the last step of a training network, outside `Sequential` because it takes two inputs."""

from __future__ import annotations

import numpy as np

from mytorch.nn.modules.module import Module


class Loss(Module):
    """A scalar function of the network's output and of what it should have been."""

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        """The loss, averaged over the batch."""
        raise NotImplementedError

    def backward(self, grad_output: float = 1.0) -> np.ndarray:
        """The gradient of `grad_output` × loss by the network's output."""
        raise NotImplementedError


class SoftmaxCrossEntropy(Loss):
    """L = −1/N Σₙ Σᵢ yₙᵢ log softmax(zₙ)ᵢ (dl_hw1, Q6.3).

    Computed as log Σⱼ exp(zⱼ − max z) − Σᵢ yᵢ (zᵢ − max z): the largest exponent is 0, and no
    logarithm of a probability that has underflowed is ever taken.

    Attributes:
        probabilities: softmax of the last logits, (batch, classes).
    """

    probabilities: np.ndarray

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        """The mean loss.

        Args:
            logits: (batch, classes).
            labels: class numbers, integers (batch,), or one-hot rows (batch, classes); rows of
                probabilities are right as well.

        Raises:
            ValueError: a shape, a label outside 0 … classes − 1, or a row that does not sum to 1.
        """
        fits = logits.ndim == 2 and 0 not in logits.shape
        self._check_input(logits, fits, "(batch, classes), neither of them 0")
        labels = self._check_labels(np.asarray(labels), logits)
        batch = len(logits)
        shifted = logits - logits.max(axis=1, keepdims=True)
        with np.errstate(under="ignore"):
            exponentials = np.exp(shifted)
        totals = exponentials.sum(axis=1, keepdims=True)
        if labels.ndim == 1:
            score = shifted[np.arange(batch), labels]
        else:
            score = np.vecdot(shifted, labels)
        exponentials /= totals
        self.probabilities = exponentials
        self._cache = labels
        return float((np.log(totals[:, 0]) - score).sum() / batch)

    def backward(self, grad_output: float = 1.0) -> np.ndarray:
        """∂L/∂z = (softmax(z) − y) / N, (batch, classes).

        Raises:
            RuntimeError: before `forward`.
        """
        labels = self._cached()
        gradient = self.probabilities.copy()
        if labels.ndim == 1:
            gradient[np.arange(len(labels)), labels] -= 1
        else:
            gradient -= labels
        gradient *= float(grad_output) / len(labels)
        return gradient

    def _check_labels(self, labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
        batch, classes = logits.shape
        if labels.shape == (batch,) and labels.dtype.kind in "iu":
            # NumPy would take −1 as the last class.
            if labels.min() < 0 or labels.max() >= classes:
                raise ValueError(
                    f"{self!r}: got labels from {labels.min()} to {labels.max()}, "
                    f"wants 0 to {classes - 1}"
                )
            return labels
        if labels.shape != logits.shape:
            raise ValueError(
                f"{self!r}: got labels of shape {labels.shape} and dtype {labels.dtype}, "
                f"wants integers ({batch},) or one-hot ({batch}, {classes})"
            )
        labels = labels.astype(logits.dtype)
        tolerance = 10 * classes * np.finfo(logits.dtype).eps
        if labels.min() < 0 or np.abs(labels.sum(axis=1) - 1).max() > tolerance:
            raise ValueError(f"{self!r}: got rows of labels that are no distribution, wants sum 1")
        return labels


class MSELoss(Loss):
    """L = mean (output − target)² over every entry, as PyTorch's. Any shape."""

    def forward(self, output: np.ndarray, target: np.ndarray) -> float:
        """The mean squared error.

        Raises:
            ValueError: the shapes differ (nothing is broadcast), or there are no entries.
        """
        target = np.asarray(target)
        fits = output.shape == target.shape and output.size > 0
        self._check_input(output, fits, f"that of the target, {target.shape}, not empty")
        self._cache = output - target
        return float(np.mean(np.square(self._cache)))

    def backward(self, grad_output: float = 1.0) -> np.ndarray:
        """∂L/∂output = 2 (output − target) / entries.

        Raises:
            RuntimeError: before `forward`.
        """
        difference = self._cached()
        return difference * (2 * float(grad_output) / difference.size)
