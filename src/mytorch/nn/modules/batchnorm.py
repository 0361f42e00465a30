"""Batch normalization with two backward passes: the closed form, and the graph step by step."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from mytorch.nn.modules.module import Module


class _BatchNorm(Module):
    """y = γ (x − μ) / √(σ² + ε) + β for each channel (eecs182_hw5, Q2, Q6 and Q9).

    In training μ and σ² are those of the batch (σ² biased), and the running statistics follow:
    running ← (1 − momentum) · running + momentum · batch, with the unbiased variance, as in
    PyTorch. A batch with at most one value per channel has no unbiased variance: it leaves them
    alone, and its output is β, its gradient 0. In evaluation μ and σ² are the running statistics.

    Args:
        eps: ε.
        momentum: share of the new batch in the running statistics (a "decay" of 0.9 is 0.1).
        dtype: of the parameters: float32, or float64 for checks.

    Attributes:
        gamma, dgamma, beta, dbeta: scale and shift with their gradients, (num_features,).
        running_mean, running_var: (num_features,).
    """

    parameter_names = ("gamma", "beta")
    axes: ClassVar[dict[int, str]]  # number of axes → how they are called

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self._add_parameters(gamma=np.ones(num_features, dtype), beta=np.zeros(num_features, dtype))
        self.running_mean = np.zeros(num_features, dtype)
        self.running_var = np.ones(num_features, dtype)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.num_features})"

    def get_state(self) -> Any:
        """Copies of the running statistics."""
        return self.running_mean.copy(), self.running_var.copy()

    def set_state(self, state: Any) -> None:
        """Put the running statistics back."""
        self.running_mean[:], self.running_var[:] = state

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The output has the shape of `x`: (N, C), (N, C, L) or (N, C, H, W).

        Raises:
            ValueError: `x` has another number of axes or channels, or is not floating point.
        """
        fits = x.ndim in self.axes and x.shape[1] == self.num_features
        wanted = " or ".join(f"({a.format(C=self.num_features)})" for a in self.axes.values())
        self._check_input(x, fits, wanted)
        values = _merge(x)
        count = max(x.size // self.num_features, 1)  # an empty batch: sums of 0
        if self.training:
            mean = _channel_sum(values) / count
        else:
            mean, variance = self.running_mean, self.running_var
        dtype = np.result_type(x, self.gamma)
        centered = self._buffer("centered", values.shape, dtype)
        np.subtract(values, _column(mean, values), out=centered)
        if self.training:
            # From the centered values: E[x²] − E[x]² would cancel for a large mean.
            variance = _channel_dot(centered, centered) / count
            if count > 1:
                self._follow(mean, variance * (count / (count - 1)))
        std = np.sqrt(variance + self.eps)
        y = np.empty(values.shape, dtype)
        np.multiply(centered, _column(self.gamma / std, values), out=y)
        y += _column(self.beta, values)
        self._cache = (centered, std, count, self.training, x.shape)
        return y.reshape(x.shape)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """∂L/∂x = γ / (m σ) · (m g − Σ g − x̂ Σ g x̂), m values per channel; sets dgamma and dbeta.

        The closed form (eecs182_hw5, Q6(b)): two sums over the batch and one line. After a
        `forward` in evaluation μ and σ are constants, and ∂L/∂x = γ g / σ.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the output.
        """
        centered, std, count, training, shape = self._cached()
        self._check_gradient(grad_output, shape)
        g = _merge(grad_output)
        dbeta = _channel_sum(g)
        dgamma = _channel_dot(g, centered) / std
        self._gradient_array("beta")[:] = dbeta
        self._gradient_array("gamma")[:] = dgamma
        scale = _column(self.gamma / std, g)
        dx = np.empty(g.shape, np.result_type(g, centered))
        if not training:
            return np.multiply(g, scale, out=dx).reshape(shape)
        np.multiply(centered, _column(-dgamma / (std * count), g), out=dx)
        dx += g
        dx -= _column(dbeta / count, g)
        dx *= scale
        return dx.reshape(shape)

    def backward_graph(self, grad_output: np.ndarray) -> np.ndarray:
        """The same as `backward`, node by node through the graph that computed the output.

        x → μ → c = x − μ → σ² = mean c² → σ = √(σ² + ε) → s = 1/σ → x̂ = c s → y = γ x̂ + β.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the output.
        """
        c, std, count, training, shape = self._cached()
        self._check_gradient(grad_output, shape)
        g = _merge(grad_output)
        s = 1 / std
        x_hat = c * _column(s, g)
        self._gradient_array("beta")[:] = _channel_sum(g)
        self._gradient_array("gamma")[:] = _channel_dot(g, x_hat)
        dx_hat = g * _column(self.gamma, g)  # y = γ x̂ + β
        dc = dx_hat * _column(s, g)  # x̂ = c s, first factor
        if training:
            ds = _channel_dot(dx_hat, c)  # x̂ = c s, second factor
            dstd = -ds / std**2  # s = 1/σ
            dvariance = dstd / (2 * std)  # σ = √(σ² + ε)
            dsquares = dvariance / count  # σ² = mean of c²
            dc = dc + 2 * c * _column(dsquares, g)  # c² ; c has two uses, their gradients add up
            dmean = -_channel_sum(dc)  # c = x − μ, second term
            dc = dc + _column(dmean / count, g)  # μ = mean of x ; x has two uses as well
        return dc.astype(np.result_type(g, c), copy=False).reshape(shape)

    def _follow(self, mean: np.ndarray, variance: np.ndarray) -> None:
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (variance - self.running_var)


class BatchNorm1d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__
    axes: ClassVar = {2: "batch, {C}", 3: "batch, {C}, length"}


class BatchNorm2d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__
    axes: ClassVar = {4: "batch, {C}, height, width"}


# A channel's values lie along axis 0 of (N, C), and along axes 0 and 2 of (N, C, L). Sums are
# taken in single precision at least: 65504 is the largest number of float16.


def _merge(x: np.ndarray) -> np.ndarray:
    """(N, C, H, W) → (N, C, H·W), a view where it can be one."""
    return x if x.ndim == 2 else x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _column(per_channel: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(C,) in the shape that broadcasts against `values`."""
    return per_channel if values.ndim == 2 else per_channel[:, None]


def _channel_sum(values: np.ndarray) -> np.ndarray:
    dtype = np.result_type(values, np.float32)
    if values.ndim == 2:
        return values.sum(axis=0, dtype=dtype)
    return values.sum(axis=2, dtype=dtype).sum(axis=0)


def _channel_dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    dtype = np.result_type(a, b, np.float32)
    if a.ndim == 2:
        return np.einsum("nc,nc->c", a, b, dtype=dtype)
    return np.vecdot(a, b, dtype=dtype).sum(axis=0)
