"""Deep Learning HW 1, problem 6: the formulas of the chapter, each with its check.

Letters as in the chapter: X (N, n_in) is the input of a layer, Z (N, n_out) its output, G the
gradient of the loss by Z, z are logits, y is the label as a row of probabilities, ŷ = softmax(z),
ε the step of a difference quotient, u half the distance from 1 to the next float.
"""

from __future__ import annotations

from collections.abc import Sequence

import mpmath
import numpy as np
import sympy
import torch

from mytorch.nn.modules.activation import ReLU, Sigmoid
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import Loss, SoftmaxCrossEntropy
from mytorch.nn.modules.module import Module
from mytorch.nn.optim import SGD
from mytorch.nn.sequential import Sequential
from problems.dl_hw1.p6_mytorch.gradient_errors import draw_clear_batch
from proofsheet.checks import (
    autograd_gradients,
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    identity_check,
)
from proofsheet.exact import Draw, Number, derivative

# The formulas -----------------------------------------------------------------------------


def linear_gradients(X: np.ndarray, W: np.ndarray, G: np.ndarray) -> list[np.ndarray]:
    """dW = GᵀX, db = Gᵀ1, dX = GW for Z = XWᵀ + 1bᵀ."""
    return [G.T @ X, G.sum(axis=0), G @ W]


def batch_gradient(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(ŷ − y)/N for logits and labels (N, classes)."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - y) / len(z)


# Random cases and references --------------------------------------------------------------


def draw_linear(draw: Draw) -> tuple[np.ndarray, ...]:
    """X, W, b, and G or the coefficients of a loss Σ C sin(Z)."""
    batch, n_in, n_out = draw.rng.integers(1, 4, 3)
    return draw(batch, n_in), draw(n_out, n_in), draw(n_out), draw(batch, n_out)


def network(rng: np.random.Generator) -> tuple[Sequential, Loss, np.ndarray, np.ndarray]:
    """A small network of every module of this problem, in double; an input and labels."""
    sizes = rng.integers(2, 7, 4)
    model = Sequential(
        Linear(sizes[0], sizes[1], "xavier", rng, np.float64),
        ReLU(),
        Linear(sizes[1], sizes[2], "he", rng, np.float64),
        Sigmoid(),
        Linear(sizes[2], sizes[3], "xavier", rng, np.float64),
    )
    candidates = rng.standard_normal((200, sizes[0]))
    picked = draw_clear_batch(model, candidates, int(rng.integers(1, 6)), 1e-4, rng)
    return model, SoftmaxCrossEntropy(), candidates[picked], rng.integers(0, sizes[3], len(picked))


def forward_and_backward(
    model: Sequential, loss: Loss, x: np.ndarray, labels: np.ndarray
) -> list[np.ndarray]:
    """The loss, ∂L/∂x and the gradients of all parameters, as `mytorch` computes them."""
    value = loss.forward(model.forward(x), labels)
    dx = model.backward(loss.backward())
    return [np.array(value), dx, *(g.copy() for g in model.get_gradients())]


def torch_forward_and_backward(
    model: Sequential, x: np.ndarray, labels: np.ndarray
) -> list[np.ndarray]:
    """The same by PyTorch's functions and its autograd."""

    def value(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        waiting = list(parameters)
        for module in model:
            if isinstance(module, Linear):
                x = torch.nn.functional.linear(x, waiting.pop(0), waiting.pop(0))
            else:
                x = torch.relu(x) if isinstance(module, ReLU) else torch.sigmoid(x)
        return torch.nn.functional.cross_entropy(x, torch.tensor(labels))

    parameters = model.get_parameters()
    loss = value(torch.tensor(x), *map(torch.tensor, parameters))
    return [loss.numpy(), *autograd_gradients(value, x, *parameters)]


# Q6.1 Linear ------------------------------------------------------------------------------


@exact_gradient_check("Z = XWᵀ + 1bᵀ: dW = GᵀX, db = Gᵀ1, dX = GW")
def linear(draw, formula=linear_gradients):
    X, W, b, C = draw_linear(draw)
    G = C * np.cos(X @ W.T + b)
    return formula(X, W, G), lambda W, b, X: (C * np.sin(X @ W.T + b)).sum(), (W, b, X)


@exact_check("⟨G, XΔᵀ⟩ = ⟨GᵀX, Δ⟩, ⟨G, 1βᵀ⟩ = ⟨Gᵀ1, β⟩, ⟨G, ΞWᵀ⟩ = ⟨GW, Ξ⟩")
def adjoints(draw, formula=linear_gradients):
    X, W, b, G = draw_linear(draw)
    Delta, beta, Xi = (draw(*a.shape) for a in (W, b, X))
    left = [np.trace(G.T @ change) for change in (X @ Delta.T, 0 * G + beta, Xi @ W.T)]
    right = [np.sum(d * e) for d, e in zip(formula(X, W, G), (Delta, beta, Xi), strict=True)]
    return right, left


def linear_layer(W: np.ndarray, b: np.ndarray) -> Linear:
    """`mytorch.nn.Linear` with these parameters."""
    layer = Linear(W.shape[1], W.shape[0])
    layer.W, layer.b = W, b
    return layer


def library_linear(X: np.ndarray, W: np.ndarray, b: np.ndarray, G: np.ndarray) -> list[np.ndarray]:
    """Z, dW, db, dX as `mytorch.nn.Linear` computes them."""
    layer = linear_layer(W, b)
    z = layer.forward(X)
    dx = layer.backward(G)
    return [z, *layer.get_gradients(), dx]


@exact_check("mytorch.nn.Linear computes Z = XWᵀ + 1bᵀ and these three gradients")
def linear_module(draw, formula=library_linear):
    X, W, b, G = draw_linear(draw)
    return formula(X, W, b, G), [X @ W.T + b, *linear_gradients(X, W, G)]


# Q6.2 Activations -------------------------------------------------------------------------


def library_relu(x: np.ndarray, g: np.ndarray) -> np.ndarray:
    """∂L/∂x as `mytorch.nn.ReLU` computes it."""
    module = ReLU()
    module.forward(x)
    return module.backward(g)


@exact_check(
    "mytorch.nn.ReLU: ∂L/∂x = G ⊙ 1[x > 0] for either sign of x, and 0 at x = 0", ordered=True
)
def relu(draw, formula=library_relu):
    positive, g = abs(draw(4)), draw(9)
    x = np.array([*positive, *-positive, 0])
    slopes = derivative(lambda x: np.maximum(x, 0), x[:8], np.ones(8, dtype=int))
    return formula(x, g), g * np.array([*slopes, 0])


@identity_check("σ′ = σ(1 − σ)")
def sigmoid_derivative(rng, formula=lambda s: s * (1 - s)):
    x = sympy.Symbol("x", real=True)
    s = 1 / (1 + sympy.exp(-x))
    return formula(s), sympy.diff(s, x)


@derivation_check(
    claim="mytorch.nn.Sigmoid gives σ(x) to a few u, also at |x| = 10⁴",
    method="reference",
    trials=100,
    tolerance=8 * 2.0**-53,
)
def sigmoid_stable(rng, formula=lambda x: Sigmoid().forward(x)):
    # Up to where σ(x) is the smallest normal number, and the two ends.
    x = np.concatenate([rng.uniform(-708, 708, 10), rng.standard_normal(5), [-1e4, 1e4]])
    with mpmath.workdps(40):
        exact = [1 / (1 + mpmath.exp(-mpmath.mpf(float(value)))) for value in x]
        # σ(−10⁴) is no float: 0 is right.
        tiny = mpmath.mpf(np.finfo(float).tiny)
        pairs = zip(map(float, formula(x)), exact, strict=True)
        return np.max([float(abs(value - true) / max(true, tiny)) for value, true in pairs])


# Q6.3 Softmax and cross-entropy -----------------------------------------------------------


def _symbolic_logits(classes: int) -> tuple[sympy.Matrix, sympy.Matrix]:
    """Logits, and labels that are any distribution: its last entry is one minus the others."""
    z = sympy.Matrix(sympy.symbols(f"z1:{classes + 1}", real=True))
    y = list(sympy.symbols(f"y1:{classes}", positive=True))
    return z, sympy.Matrix([*y, 1 - sum(y)])


def _softmax(z: sympy.Matrix) -> sympy.Matrix:
    e = z.applyfunc(sympy.exp)
    return e / sum(e)


@identity_check("∂(−Σ_i y_i log ŷ_i)/∂z = ŷ − y for labels with Σ_i y_i = 1")
def softmax_cross_entropy(rng, formula=lambda p, y: p - y):
    z, y = _symbolic_logits(3)
    p = _softmax(z)
    loss = sympy.log(sum(z.applyfunc(sympy.exp))) - (y.T @ z)[0]
    # log ŷ_i = z_i − log Σ_j exp z_j, used here, is a claim too.
    shares = z.applyfunc(lambda zi: sympy.exp(zi - sympy.log(sum(z.applyfunc(sympy.exp)))))
    gradient = sympy.Matrix([sympy.diff(loss, zi) for zi in z])
    return (formula(p, y), p), (gradient, shares)


@identity_check("Jᵀ(−y/ŷ) = ŷ − y with J = diag(ŷ) − ŷŷᵀ: both ways through the chain rule agree")
def two_ways(rng, formula=lambda p: sympy.diag(*p) - p @ p.T):
    z, y = _symbolic_logits(3)
    p = _softmax(z)
    through_probabilities = formula(p).T @ sympy.Matrix([-y[i] / p[i] for i in range(3)])
    return through_probabilities, p - y


@exact_gradient_check(
    "for the mean over a batch, ∂L/∂z⁽ⁿ⁾ = (ŷ⁽ⁿ⁾ − y⁽ⁿ⁾)/N for rows y⁽ⁿ⁾ with the sum 1",
    ordered=True,
)
def batch_mean(draw, formula=batch_gradient):
    z, y = draw.logits(3, 3), draw(3, 3)
    y[:, 0] = 1 - y[:, 1:].sum(axis=1)

    def loss(z: np.ndarray) -> Number:
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return -(y * np.log(p)).sum() / len(z)

    return formula(z, y), loss, z


@identity_check(
    "lse(z + c1) = lse(z) + c, so softmax and the loss do not change",
    simplify=lambda difference: sympy.simplify(sympy.powsimp(sympy.expand(difference))),
)
def shift_invariance(rng, formula=lambda lse, c: lse + c):
    z, y = _symbolic_logits(3)
    c = sympy.Symbol("c", real=True)
    shifted = z.applyfunc(lambda zi: zi + c)
    lse, lse_shifted = (sympy.log(sum(v.applyfunc(sympy.exp))) for v in (z, shifted))
    moved = formula(lse, c)
    return (
        [sympy.exp(moved), sympy.exp(moved - (y.T @ shifted)[0]), _softmax(shifted)],
        [sympy.exp(lse_shifted), sympy.exp(lse - (y.T @ z)[0]), _softmax(z)],
    )


@derivation_check(
    claim="the loss L of mytorch.nn.SoftmaxCrossEntropy is right to a few u max(1, L) up to"
    " |z| = 10⁴",
    method="reference",
    trials=200,
    tolerance=64 * 2.0**-53,
)
def loss_stable(rng, formula=lambda z, k: SoftmaxCrossEntropy().forward(z[None], np.array([k]))):
    classes = int(rng.integers(2, 12))
    z = 10 ** rng.uniform(-1, 4) * rng.uniform(-1, 1, classes)
    label = int(rng.integers(0, classes))
    with mpmath.workdps(60):
        exact = mpmath.log(sum(mpmath.exp(float(v)) for v in z)) - mpmath.mpf(float(z[label]))
        # Where the loss is tiny, the shift of the sum of exponentials from 1 is below rounding.
        return float(abs(formula(z, label) - exact) / max(1, exact))


# Q6.4 Sequential --------------------------------------------------------------------------


def library_backward(modules: Sequence[Module], x: np.ndarray, g: np.ndarray) -> np.ndarray:
    """∂L/∂x as `mytorch.nn.Sequential` computes it."""
    model = Sequential(modules)
    model.forward(x)
    return model.backward(g)


@exact_check("backward in reverse order is J₁ᵀJ₂ᵀ ⋯ J_Kᵀ g, with explicit Jacobians", ordered=True)
def chain_rule(draw, formula=library_backward):
    x, g, *shapes = draw(2), draw(2), (3, 2), (3, 3), (2, 3)
    modules, stages = [], []
    for shape in shapes:
        W, b = draw(*shape), draw(shape[0])
        modules += [linear_layer(W, b), ReLU()]
        stages += [lambda h, W=W, b=b: W @ h + b, lambda h: np.maximum(h, 0)]
    modules, stages = modules[:-1], stages[:-1]
    h, jacobians = x, []
    for stage in stages:
        units = np.eye(len(h), dtype=int)
        jacobians.append(np.stack([derivative(stage, h, e) for e in units], axis=1))
        h = stage(h)
    expected = g
    for jacobian in reversed(jacobians):
        expected = jacobian.T @ expected
    return formula(modules, x[None], g[None])[0], expected


@equality_check(
    "loss and all gradients of a network of these modules are PyTorch's, to 10⁻¹⁰",
    method="autograd",
    tolerance=1e-10,
)
def whole_network(rng, formula=forward_and_backward):
    model, loss, x, labels = network(rng)
    return formula(model, loss, x, labels), torch_forward_and_backward(model, x, labels)


# Q6.5 SGD ---------------------------------------------------------------------------------


def library_steps(
    start: list[np.ndarray], gradients: list[list[np.ndarray]], rate: float
) -> list[np.ndarray]:
    """The parameters after steps of `mytorch.nn.SGD`."""
    parameters = [p.copy() for p in start]
    optimizer = SGD(parameters, lr=rate)
    for g in gradients:
        optimizer.step(g)
    return parameters


@equality_check("mytorch.nn.SGD takes the steps of torch.optim.SGD", trials=50, tolerance=1e-14)
def sgd_step(rng, formula=library_steps):
    shapes, rate = ((3, 2), (3,)), 10 ** rng.uniform(-3, 0)
    start = [rng.standard_normal(shape) for shape in shapes]
    gradients = [[rng.standard_normal(shape) for shape in shapes] for _ in range(4)]
    parameters = [torch.tensor(p) for p in start]
    reference = torch.optim.SGD(parameters, lr=rate)
    for step in gradients:
        for parameter, g in zip(parameters, step, strict=True):
            parameter.grad = torch.tensor(g)
        reference.step()
    return formula(start, gradients, rate), [p.numpy() for p in parameters]


# Q6.6 Gradient check ----------------------------------------------------------------------


@identity_check("(f(p + ε) − f(p − ε))/2ε = f′ + ε²f‴/6 + ε⁴f⁽⁵⁾/120 + …", simplify=sympy.expand)
def central_difference(
    rng, formula=lambda f, p, e: e**2 * sympy.diff(f, p, 3) / 6 + e**4 * sympy.diff(f, p, 5) / 120
):
    p, e = sympy.symbols("p epsilon")
    # Any polynomial of degree 6: higher terms begin with the seventh derivative.
    f = sum(c * p**k for k, c in enumerate(sympy.symbols("c0:7")))
    quotient = (f.subs(p, p + e) - f.subs(p, p - e)) / (2 * e)
    return quotient - sympy.diff(f, p), formula(f, p, e)


@identity_check("if a gradient is c > 0 times the right one, its relative error is |c − 1|/(c + 1)")
def seen_factor(rng, formula=lambda c: sympy.Abs(c - 1) / (c + 1)):
    c = sympy.Symbol("c", positive=True)
    n = sympy.Symbol("n", real=True, nonzero=True)
    error = sympy.Abs(c * n - n) / (sympy.Abs(c * n) + sympy.Abs(n))
    return error, formula(c)
