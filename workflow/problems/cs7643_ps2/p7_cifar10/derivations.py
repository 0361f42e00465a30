"""CS 7643 PS 2, problem 7: the formulas of the chapter, each held to an independent reference.

Letters as in the chapter: X images, W kernels, G = ∂L/∂Y of a layer's output Y, z logits,
p = softmax(z), y a class, π the class frequencies, w the class weights, η a rate, β a decay.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import sympy
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.utils.gradient_check import gradient_check
from problems.cs7643_ps2.p7_cifar10.long_tail import (
    FocalLoss,
    class_balanced_weights,
    effective_number,
)
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import convnet
from proofsheet.checks import (
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    exhaustive_check,
    identity_check,
    relative_error,
)
from proofsheet.exact import derivative
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.small_image_nets import WIDTHS, BalancedNet, two_layer, vanilla_cnn

BLACK = np.zeros((1, 32, 32, 3), dtype=np.uint8)  # for a network whose weights alone matter


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


# Part 1: convolution and pooling ----------------------------------------------------------


def convolution(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> Any:
    """Y_noij = b_o + Σ_cuv W_ocuv X̃_{n, c, si+u, sj+v}."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    y = np.einsum("ncijuv,ocuv->noij", windows[:, :, ::stride, ::stride], w)
    return y + b[:, None, None]


def convolution_gradients(
    x: np.ndarray, w: np.ndarray, g: np.ndarray, stride: int, padding: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∂L/∂X, ∂L/∂W, ∂L/∂b by the sums of the chapter, one output position at a time."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx, dw = np.zeros_like(padded), np.zeros_like(w)
    kh, kw = w.shape[2:]
    for n, o, i, j in np.ndindex(*g.shape):
        window = (
            slice(None), slice(stride * i, stride * i + kh), slice(stride * j, stride * j + kw)
        )  # fmt: skip
        dw[o] += g[n, o, i, j] * padded[n][window]
        dx[n][window] += g[n, o, i, j] * w[o]
    height, width = x.shape[2:]
    inside = dx[:, :, padding : padding + height, padding : padding + width]
    return inside, dw, g.sum(axis=(0, 2, 3))


def library_convolution(
    x: np.ndarray, w: np.ndarray, g: np.ndarray, stride: int, padding: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same from `mytorch.nn.Conv2d`."""
    layer = Conv2d(w.shape[1], w.shape[0], w.shape[2:], stride, padding, dtype=np.float64)
    layer.W[...] = w
    layer.forward(x)
    dx = layer.backward(g)
    return dx, layer.dW, layer.db


@exact_gradient_check(
    "∂L/∂W = Σ G X̃ over images and positions, ∂L/∂X̃ scatters G W, ∂L/∂b = Σ G"
    " (kernels 3 × 2, stride 2, padding 1)"
)
def convolution_backward(draw, formula=convolution_gradients):
    stride, padding = 2, 1
    at = draw(2, 2, 4, 3), draw(2, 2, 3, 2), draw(2)
    g = draw(*convolution(*at, stride, padding).shape)
    found = formula(*at[:2], g, stride, padding)
    return found, lambda *at: np.sum(g * convolution(*at, stride, padding)), at


@equality_check("mytorch.nn.Conv2d gives these gradients", trials=40)
def convolution_module(rng, formula=library_convolution):
    stride, padding, size = (int(rng.integers(low, high)) for low, high in ((1, 3), (0, 3), (1, 4)))
    x, w = rng.standard_normal((2, 2, 6, 5)), rng.standard_normal((3, 2, size, size))
    g = rng.standard_normal(convolution(x, w, np.zeros(3), stride, padding).shape)
    case = x, w, g, stride, padding
    return formula(*case), convolution_gradients(*case)


def library_pooling(x: np.ndarray, g: np.ndarray, size: int, stride: int) -> np.ndarray:
    """∂L/∂X of `mytorch.nn.MaxPool2d`."""
    layer = MaxPool2d(size, stride)
    layer.forward(x)
    return layer.backward(g)


@exhaustive_check(
    "the gradient of max pooling goes to the first maximum of each window, and adds up: as in"
    " PyTorch, for all 2 × 3 images of 0, 1, 2, 3 with two windows of 2 × 2 that overlap"
)
def pooling_backward(rng, formula=library_pooling):
    x = np.array(list(itertools.product((0.0, 1.0, 2.0, 3.0), repeat=6))).reshape(-1, 1, 2, 3)
    tensor = torch.tensor(x, requires_grad=True)
    g = np.tile([1.0, 10.0], (len(x), 1, 1, 1))
    functional.max_pool2d(tensor, 2, 1).backward(torch.tensor(g))
    return formula(x, g, 2, 1), tensor.grad.numpy()


def dense_gradients(
    z: np.ndarray, y: np.ndarray, x: np.ndarray, w: np.ndarray, g: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """∂L/∂Z of the mean cross-entropy; from G = ∂L/∂Z ∂L/∂X, ∂L/∂W, ∂L/∂b, Z = max(0, X) Wᵀ + b."""
    by_z = (softmax(z) - np.eye(z.shape[1])[y]) / len(y)
    return by_z, (g @ w) * (x > 0), g.T @ np.maximum(x, 0), g.sum(axis=0)


@exact_gradient_check(
    "∂L/∂Z = (p − e_y)/N, ∂L/∂W = GᵀR, ∂L/∂b = Σ G, ∂L/∂X = GW where X > 0, else 0",
    ordered=True,
)
def dense_backward(draw, formula=dense_gradients):
    z, y = draw.logits(2, 3), draw.rng.integers(0, 3, 2)
    # Each column has a positive and a negative entry.
    x, w, b, g = np.array([[1], [-1]]) * abs(draw(2, 2)), draw(3, 2), draw(3), draw(2, 3)

    def loss(z: np.ndarray, x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        through_z = np.sum(g * (np.maximum(x, 0) @ w.T + b))
        return through_z - np.mean(log_softmax(z)[np.arange(2), y])

    return formula(z, y, x, w, g), loss, (z, x, w, b)


@derivation_check(
    claim="all gradients of the ConvNet (4 channels, 8 × 8 pixels) agree with differences",
    method="finite-difference",
    trials=3,
    tolerance=1e-5,
)
def convnet_gradients(rng, formula=lambda rng: convnet(rng, channels=4, side=8)):
    # Pixels of standard deviation 1, so that the loss is smooth at the scale of the differences.
    x, y = rng.standard_normal((3, 3, 8, 8)), rng.integers(0, 10, 3)
    return gradient_check(formula(rng), x, y, loss=SoftmaxCrossEntropy())


def text_steps(w: np.ndarray, gradients: np.ndarray, rate: Any, beta: Any) -> np.ndarray:
    """v ← βv − ηg, w ← w + v."""
    v = np.zeros_like(w)
    for g in gradients:
        v = beta * v - rate * g
        w = w + v
    return w


@exact_check("at a constant rate, v ← βv − ηg, w ← w + v takes the steps of v ← βv + g, w ← w − ηv")
def momentum_forms(draw, formula=text_steps):
    start, gradients, rate, beta = draw(2), draw(4, 2), draw(), draw()
    w, v = start, 0
    for g in gradients:
        v = beta * v + g
        w = w - rate * v
    return formula(start, gradients, rate, beta), w


# Part 2: the networks ---------------------------------------------------------------------


def counted() -> tuple[int, int, int]:
    """Parameters of the two-layer network, the vanilla network and our own, layer by layer."""
    perceptron = (3072 + 1) * 256 + (256 + 1) * 10
    vanilla = (3 * 7 * 7 + 1) * 32 + (32 * 13 * 13 + 1) * 10
    # Convolutions have no bias, and a scale and a shift per channel after them.
    thin, first, *_ = WIDTHS
    own = 9 * (3 * thin + thin * first) + 2 * (thin + first)
    for before, width in itertools.pairwise(WIDTHS[1:]):
        own += 9 * before * width + 2 * 9 * width**2 + 3 * 2 * width
    return perceptron, vanilla, own + (WIDTHS[-1] + 1) * 10


@exhaustive_check("parameters of the three networks, counted by hand")
def parameters_by_hand(rng, formula=counted):
    networks = two_layer(BLACK), vanilla_cnn(BLACK), BalancedNet(BLACK)
    return formula(), tuple(map(parameter_count, networks))


def multiplications() -> int:
    """Of our own network for one image: places × 9 × channels in × channels out, and the end.

    The first layer, a halving, twice a halving and a residual block, and the linear layer.
    """
    thin, first, *_ = WIDTHS
    found, places = 9 * 1024 * (3 * thin + thin * first), 256
    for before, width in itertools.pairwise(WIDTHS[1:]):
        found += 9 * places * before * width
        places //= 4
        found += 2 * 9 * places * width**2
    return found + 10 * WIDTHS[-1]


@exhaustive_check("multiplications of one image in our own network, counted by hand")
def arithmetic_by_hand(rng, formula=multiplications):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        BalancedNet(BLACK)(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    return formula(), counter.get_total_flops() // 2


def smoothed_gradient(z: np.ndarray, y: np.ndarray, smoothing: Any) -> np.ndarray:
    """softmax(z) − (1 − s) e_y − s/K, over n."""
    target = (1 - smoothing) * np.eye(z.shape[1])[y] + smoothing / z.shape[1]
    return (softmax(z) - target) / len(y)


@exact_gradient_check("with smoothed labels ∂ℓ/∂z = p − (1 − s) e_y − s/K", ordered=True)
def smoothed_labels(draw, formula=smoothed_gradient):
    z, y, s = draw.logits(2, 3), draw.rng.integers(0, 3, 2), draw()

    def loss(z: np.ndarray) -> Any:
        losses = -log_softmax(z)
        own = losses[np.arange(2), y]
        return np.mean((1 - s) * own + s * np.mean(losses, axis=1))

    return formula(z, y, s), loss, z


@exact_check(
    "for G = U diag(σ) Vᵀ, Σ σ_i − ⟨G, S⟩ = ½ Σ σ_i (‖u_i − S v_i‖² + 1 − ‖S v_i‖²), which is ≥ 0"
    " for every S of spectral norm at most 1, and 0 at UVᵀ"
)
def steepest_in_spectral_norm(draw, formula=np.sum):  # Σ σ_i, the nuclear norm
    U, V, sigma, S = draw.orthogonal(2), draw.orthogonal(3, 2), draw(2), draw(2, 3)
    G = (U * sigma) @ V.T
    squares = np.sum((U - S @ V) ** 2, axis=0) + 1 - np.sum((S @ V) ** 2, axis=0)
    bound = formula(sigma)
    return (bound, bound), (np.sum(G * S) + sigma @ squares / 2, np.sum(G * (U @ V.T)))


# Extra credit: the long tail --------------------------------------------------------------


@identity_check("E_1 = 1 and E_n = 1 + β E_(n−1) have the solution E_n = (1 − βⁿ)/(1 − β)")
def effective_recursion(rng, formula=lambda n, beta: (1 - beta**n) / (1 - beta)):
    n, beta = sympy.symbols("n beta", positive=True)
    return (formula(1, beta), formula(n, beta)), (1, 1 + beta * formula(n - 1, beta))


@derivation_check(
    claim="E_n is the mean number of distinct prototypes among n draws from N = 1/(1 − β)",
    method="exhaustive",
    trials=1,
    tolerance=1e-12,
)
def effective_is_distinct(rng, formula=effective_number):
    errors = []
    for size in (2, 3, 4):
        for n in range(1, 7):
            draws = itertools.product(range(size), repeat=n)
            distinct = sum(len(set(draw)) for draw in draws) / size**n
            errors.append(relative_error(formula(n, 1 - 1 / size), distinct))
    return max(errors)


def weighted_optimum(likelihoods: np.ndarray, prior: np.ndarray, w: np.ndarray) -> np.ndarray:
    """q_k(x) ∝ w_k π_k p(x | k), for the likelihoods (points, K) of finitely many x."""
    q = w * prior * likelihoods
    return q / q.sum(axis=1, keepdims=True)


@exact_check(
    "Σ_k w_k π_k Σ_x p(x|k) (−log q_k(x)) is least at q_k(x) ∝ w_k π_k p(x|k): its slope is 0 there"
    " in every direction with Σ_k q_k = 1, and its second derivative a sum of squares"
)
def weights_multiply_the_prior(draw, formula=weighted_optimum):
    likelihoods, prior, w, along = draw(2, 3), draw(3), draw(3), draw(2, 3)
    along = along - np.mean(along, axis=1, keepdims=True)
    factors = w * prior * likelihoods

    def loss(q: np.ndarray) -> Any:
        return -np.sum(factors * np.log(q))

    q = formula(likelihoods, prior, w)
    return (
        (q.sum(axis=1), derivative(loss, q, along), derivative(loss, q, along, order=2)),
        (np.ones(2), 0, np.sum(factors * (along / q) ** 2)),
    )


def focal_gradient(z: np.ndarray, y: np.ndarray, w: np.ndarray, gamma: Any) -> np.ndarray:
    """w_y (p − e_y) ((1 − p_y)^γ − γ p_y (1 − p_y)^(γ−1) log p_y), over n."""
    p = softmax(z)
    own = p[np.arange(len(y)), y]
    factor = (1 - own) ** gamma - gamma * own * (1 - own) ** (gamma - 1) * np.log(own)
    return (w[y] * factor)[:, None] * (p - np.eye(z.shape[1])[y]) / len(y)


@exact_gradient_check(
    "∂FL/∂z = w_y g_γ(p_y) (p − e_y), g_γ(p) = (1 − p)^γ − γ p (1 − p)^(γ−1) log p, γ = 0, 1, 2, 3",
    ordered=True,
)
def focal_loss_gradient(draw, formula=focal_gradient):
    z, y, w = draw.logits(4, 2, 3), draw.rng.integers(0, 3, 2), draw(3)

    def loss(*z: np.ndarray) -> Any:
        own = [np.exp(each[np.arange(2), y]) / np.sum(np.exp(each), axis=1) for each in z]
        return sum(np.mean(-w[y] * (1 - p) ** gamma * np.log(p)) for gamma, p in enumerate(own))

    return tuple(formula(each, y, w, gamma) for gamma, each in enumerate(z)), loss, tuple(z)


@equality_check(
    "γ = 0 with class weights: PyTorch's weighted cross-entropy, its sum divided by b", trials=50
)
def weighted_cross_entropy(rng, formula=lambda w: FocalLoss(w, 0.0)):
    z, y = torch.tensor(3 * rng.standard_normal((8, 10))), torch.tensor(rng.integers(0, 10, 8))
    w = class_balanced_weights(rng.integers(1, 5000, 10))
    expected = functional.cross_entropy(z, y, torch.tensor(w), reduction="sum") / len(y)
    return formula(w)(z, y).item(), expected.item()
