"""CS 7643 PS 2, problem 7: the formulas of the chapter, each held to an independent reference.

Letters as in the chapter: X images, W kernels, G the gradient by a layer's output, z logits,
p = softmax(z), y a class, π the class frequencies, w the class weights, η a rate, β a decay.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import sympy
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.loss import SoftmaxCrossEntropy
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.nn.optim import SGD
from mytorch.utils.gradient_check import gradient_check
from problems.cs7643_ps2.p7_cifar10.long_tail import (
    FocalLoss,
    class_balanced_weights,
    effective_number,
)
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import convnet
from proofsheet.checks import derivation_check, equality_check, relative_error
from proofsheet.learning.loop import parameter_count
from proofsheet.learning.recipes import SgdRecipe
from proofsheet.learning.small_image_nets import WIDTHS, FoldedNet, two_layer, vanilla_cnn

BLACK = np.zeros((1, 32, 32, 3), dtype=np.uint8)  # for a network whose weights alone matter


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# Part 1: convolution and pooling ----------------------------------------------------------


def convolution_gradients(
    x: np.ndarray, w: np.ndarray, g: np.ndarray, stride: int, padding: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∂L/∂X, ∂L/∂W, ∂L/∂b by the sums of the chapter, one output place at a time."""
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


Gradients = Callable[..., tuple[np.ndarray, ...]]


def _convolution_error(rng: np.random.Generator, gradients: Gradients) -> float:
    stride, padding, size = (int(rng.integers(low, high)) for low, high in ((1, 3), (0, 3), (1, 4)))
    x = rng.standard_normal((2, 2, 6, 5))
    w, b = rng.standard_normal((3, 2, size, size)), rng.standard_normal(3)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    y = functional.conv2d(*tensors, stride=stride, padding=padding)
    g = rng.standard_normal(tuple(y.shape))
    y.backward(torch.tensor(g))
    found = gradients(x, w, g, stride, padding)
    return max(relative_error(a, t.grad) for a, t in zip(found, tensors, strict=True))


@derivation_check(
    claim="∂L/∂W = Σ G X̃ over images and places, ∂L/∂X̃ scatters G W, ∂L/∂b = Σ G",
    method="autograd",
    trials=40,
    tolerance=1e-12,
)
def convolution_backward(rng, formula=convolution_gradients):
    return _convolution_error(rng, formula)


@derivation_check(
    claim="mytorch.nn.Conv2d gives these gradients",
    method="autograd",
    trials=40,
    tolerance=1e-12,
)
def convolution_module(rng, formula=library_convolution):
    return _convolution_error(rng, formula)


def library_pooling(x: np.ndarray, g: np.ndarray, size: int, stride: int) -> np.ndarray:
    """∂L/∂X of `mytorch.nn.MaxPool2d`."""
    layer = MaxPool2d(size, stride)
    layer.forward(x)
    return layer.backward(g)


@equality_check(
    "the gradient of max pooling goes to the first maximum of each window, and adds up",
    method="autograd",
    trials=40,
)
def pooling_backward(rng, formula=library_pooling):
    size, stride = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    x = rng.integers(0, 4, (2, 3, 7, 8)).astype(float)  # many equal maxima
    tensor = torch.tensor(x, requires_grad=True)
    y = functional.max_pool2d(tensor, size, stride)
    g = rng.standard_normal(tuple(y.shape))
    y.backward(torch.tensor(g))
    return formula(x, g, size, stride), tensor.grad.numpy()


def dense_gradients(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∂L/∂X, ∂L/∂W, ∂L/∂b of the cross-entropy of Z = max(0, X) Wᵀ + b, by the chapter's sums."""
    r = np.maximum(x, 0)
    g = (softmax(r @ w.T + b) - np.eye(len(w))[y]) / len(y)
    return (g @ w) * (x > 0), g.T @ r, g.sum(axis=0)


@derivation_check(
    claim="∂L/∂Z = (p − e_y)/N, ∂L/∂W = GᵀR, ∂L/∂b = Σ G, ∂L/∂X = GW where X > 0, else 0",
    method="autograd",
    trials=100,
    tolerance=1e-12,
)
def dense_backward(rng, formula=dense_gradients):
    n, d, k = (int(size) for size in rng.integers(2, 8, 3))
    x, w, b = rng.standard_normal((n, d)), rng.standard_normal((k, d)), rng.standard_normal(k)
    x[0, 0], y = 0.0, rng.integers(0, k, n)  # the kink, too
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    z = functional.linear(torch.relu(tensors[0]), *tensors[1:])
    functional.cross_entropy(z, torch.tensor(y)).backward()
    found = formula(x, w, b, y)
    return max(relative_error(a, t.grad) for a, t in zip(found, tensors, strict=True))


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


def text_steps(w: np.ndarray, gradients: np.ndarray, rate: float, beta: float) -> np.ndarray:
    """v ← βv − ηg, w ← w + v."""
    w, v = w.copy(), np.zeros_like(w)
    for g in gradients:
        v = beta * v - rate * g
        w += v
    return w


@equality_check(
    "at a constant rate, v ← βv − ηg, w ← w + v takes the steps of v ← βv + g, w ← w − ηv",
    trials=50,
)
def momentum_forms(rng, formula=text_steps):
    start, gradients = rng.standard_normal(4), rng.standard_normal((7, 4))
    rate, beta = float(rng.uniform(0.01, 1)), float(rng.uniform(0.1, 0.95))
    w = start.copy()
    optimizer = SGD([w], rate, beta)
    for g in gradients:
        optimizer.step([g])
    return formula(start, gradients, rate, beta), w


# Part 2: the networks ---------------------------------------------------------------------


def counted() -> tuple[int, int, int]:
    """Parameters of the two-layer network, the vanilla network and our own, layer by layer."""
    perceptron = (3072 + 1) * 256 + (256 + 1) * 10
    vanilla = (3 * 7 * 7 + 1) * 32 + (32 * 13 * 13 + 1) * 10
    # Convolutions have no bias, and a scale and a shift per channel after them.
    own = 9 * 12 * WIDTHS[0] + 2 * WIDTHS[0]
    for before, width in itertools.pairwise(WIDTHS):
        own += 9 * before * width + 2 * 9 * width**2 + 3 * 2 * width
    return perceptron, vanilla, own + (WIDTHS[-1] + 1) * 10


@derivation_check(
    claim="parameters of the three networks, counted by hand",
    method="reference",
    tolerance=0,
)
def parameters_by_hand(rng, formula=counted):
    networks = (two_layer(BLACK), vanilla_cnn(BLACK), FoldedNet(BLACK))
    return sum(abs(a - parameter_count(b)) for a, b in zip(formula(), networks, strict=True))


def multiplications() -> int:
    """Of our own network for one image: places × 9 × channels in × channels out, and the end.

    The first layer, twice a halving and a residual block, and the linear layer.
    """
    parts = (256 * 12 * 64, 256 * 64 * 128, 2 * 64 * 128**2, 64 * 128 * 256, 2 * 16 * 256**2)
    return 9 * sum(parts) + 256 * 10


@equality_check("multiplications of one image in our own network", trials=1, tolerance=0)
def arithmetic_by_hand(rng, formula=multiplications):
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        FoldedNet(BLACK)(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    return formula(), counter.get_total_flops() // 2, 1


def smoothed_gradient(z: np.ndarray, y: np.ndarray, smoothing: float) -> np.ndarray:
    """softmax(z) − (1 − s) e_y − s/K, over n."""
    target = (1 - smoothing) * np.eye(z.shape[1])[y] + smoothing / z.shape[1]
    return (softmax(z) - target) / len(y)


@equality_check("with smoothed labels ∂ℓ/∂z = p − (1 − s) e_y − s/K", method="autograd", trials=50)
def smoothed_labels(rng, formula=smoothed_gradient):
    z, y, s = 3 * rng.standard_normal((6, 10)), rng.integers(0, 10, 6), float(rng.uniform(0.05, 1))
    tensor = torch.tensor(z, requires_grad=True)
    SgdRecipe(1, smoothing=s).loss(tensor, torch.tensor(y)).backward()
    return formula(z, y, s), tensor.grad.numpy()


def sum_of_singular_values(g: np.ndarray) -> float:
    """The nuclear norm."""
    return float(np.linalg.svd(g, compute_uv=False).sum())


@derivation_check(
    claim="⟨G, S⟩ ≤ Σ σ_i(G) for every S of spectral norm at most 1, with equality at UVᵀ",
    method="bound",
    trials=50,
    tolerance=1e-12,
)
def steepest_in_spectral_norm(rng, formula=sum_of_singular_values):
    g, s = rng.standard_normal((2, 4, 7))
    u, _, vt = np.linalg.svd(g, full_matrices=False)
    # Far and near: any direction, and those close to the best one.
    for mix in (0.0, 0.9, 0.999):
        near = (1 - mix) * s + mix * (u @ vt)
        near /= np.linalg.norm(near, 2)
        if float((g * near).sum()) > formula(g) + 1e-12:
            return float("inf")
    return relative_error(formula(g), float((g * (u @ vt)).sum()))


# Extra credit: the long tail --------------------------------------------------------------


def recursion_solved(n: sympy.Expr | int, beta: sympy.Expr) -> sympy.Expr:
    """(1 − βⁿ)/(1 − β)."""
    return (1 - beta**n) / (1 - beta)


@derivation_check(
    claim="E_1 = 1 and E_n = 1 + β E_(n−1) have the solution E_n = (1 − βⁿ)/(1 − β)",
    method="symbolic",
    tolerance=0,
)
def effective_recursion(rng, formula=recursion_solved):
    n, beta = sympy.symbols("n beta", positive=True)
    start = sympy.simplify(formula(1, beta) - 1)
    step = sympy.simplify(formula(n, beta) - 1 - beta * formula(n - 1, beta))
    return int(start != 0) + int(step != 0)


@derivation_check(
    claim="E_n is the mean number of different things among n draws from N = 1/(1 − β)",
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


@derivation_check(
    claim="Σ_k w_k π_k Σ_x p(x|k) (−log q_k(x)) is least at q_k(x) ∝ w_k π_k p(x|k)",
    method="autograd",
    trials=30,
    tolerance=1e-12,
)
def weights_multiply_the_prior(rng, formula=weighted_optimum):
    points, classes = 5, 4
    likelihoods = rng.dirichlet(np.ones(points), classes).T
    prior, w = rng.dirichlet(np.ones(classes)), rng.uniform(0.2, 3, classes)
    z = torch.tensor(np.log(formula(likelihoods, prior, w)), requires_grad=True)
    loss = -(torch.tensor(w * prior * likelihoods) * torch.log_softmax(z, dim=1)).sum()
    loss.backward()  # convex in z, so that a zero gradient is the minimum
    return float(z.grad.abs().max())


def focal_gradient(z: np.ndarray, y: np.ndarray, w: np.ndarray, gamma: float) -> np.ndarray:
    """w_y (p − e_y) ((1 − p_y)^γ − γ p_y (1 − p_y)^(γ−1) log p_y), over n."""
    p = softmax(z)
    own = p[np.arange(len(y)), y]
    factor = (1 - own) ** gamma - gamma * own * (1 - own) ** (gamma - 1) * np.log(own)
    return (w[y] * factor)[:, None] * (p - np.eye(z.shape[1])[y]) / len(y)


@equality_check(
    "∂FL/∂z = w_y g_γ(p_y) (p − e_y), g_γ(p) = (1 − p)^γ − γ p (1 − p)^(γ−1) log p",
    method="autograd",
    tolerance=1e-10,
)
def focal_loss_gradient(rng, formula=focal_gradient):
    z, y = 2 * rng.standard_normal((6, 5)), rng.integers(0, 5, 6)
    w, gamma = rng.uniform(0.2, 3, 5), float(rng.uniform(0, 3))
    tensor = torch.tensor(z, requires_grad=True)
    FocalLoss(w, gamma)(tensor, torch.tensor(y)).backward()
    return formula(z, y, w, gamma), tensor.grad.numpy()


@equality_check(
    "γ = 0 with class weights: PyTorch's weighted cross-entropy, its sum divided by b", trials=50
)
def weighted_cross_entropy(rng, formula=lambda w: FocalLoss(w, 0.0)):
    z, y = torch.tensor(3 * rng.standard_normal((8, 10))), torch.tensor(rng.integers(0, 10, 8))
    w = class_balanced_weights(rng.integers(1, 5000, 10))
    expected = functional.cross_entropy(z, y, torch.tensor(w), reduction="sum") / len(y)
    return formula(w)(z, y).item(), expected.item()
