"""EECS 182 HW 5, question 6: the formulas of the chapter, each held against a reference.

Letters as in the chapter: X is a batch (n, d) and Y the output of batch normalization, G = ∂L/∂Y,
σ² the variance of each column, s = √(σ² + ε), Z = (X − μ)/s.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from mytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.dropout import Dropout
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.module import Module
from mytorch.nn.modules.pooling import MaxPool2d
from mytorch.nn.sequential import Sequential
from mytorch.training import penalize, weighted
from mytorch.utils.gradient_check import gradient_check
from problems.eecs182_hw5.q6_cnn.numpy_nets import (
    fully_connected,
    three_layer_convnet,
)
from proofsheet.autodiff.node import Node
from proofsheet.autodiff.reverse import Variable, backward
from proofsheet.autodiff.trace import contract, reverse_trace
from proofsheet.checks import (
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    exhaustive_check,
    relative_error,
)
from proofsheet.exact import Draw, derivative
from proofsheet.learning.dropout_of_one_point import dropout_rows

Rng = np.random.Generator
EPS = 1e-5

# The formulas -----------------------------------------------------------------------------


def forward(x: Any, gamma: Any, beta: Any, eps: float = EPS) -> dict[str, Any]:
    """Batch normalization with every node of the graph in (a), by its name.

    Args:
        x: (n, d); as nodes of our tracer, for instance.
        gamma, beta: (d,).
    """
    n = x.shape[0]
    mean = x.sum(axis=0) / n
    variance = ((x - mean) ** 2).sum(axis=0) / n
    z = (x - mean) / (variance + eps) ** 0.5
    return {"X": x, r"\mu": mean, r"\sigma^2": variance, "Z": z,
            r"\gamma": gamma, r"\beta": beta, "Y": gamma * z + beta}  # fmt: skip


EDGES = {
    ("X", r"\mu"), ("X", r"\sigma^2"), (r"\mu", r"\sigma^2"), ("X", "Z"), (r"\mu", "Z"),
    (r"\sigma^2", "Z"), ("Z", "Y"), (r"\gamma", "Y"), (r"\beta", "Y"),
}  # fmt: skip
"""Of the graph, contracted to the nodes that the question names."""


def traced(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> dict[str, Node]:
    """`forward` recorded by our tracer; the nodes carry their names."""
    inputs = (Variable(x, "X"), Variable(gamma, r"\gamma"), Variable(beta, r"\beta"))
    return {name: node.named(name) for name, node in forward(*inputs).items()}


def contracted(nodes: dict[str, Node]) -> list[Any]:
    """The steps of a trace, for the named nodes only, in order of evaluation."""
    backward(nodes["Y"], seeds=[np.ones(nodes["Y"].shape)])
    return contract(reverse_trace(nodes["Y"]), nodes)


def closed_form(x: Any, g: Any, gamma: Any, eps: Any = EPS) -> Any:
    """∂L/∂X_ij = γ_j/(n s_j) · (n G_ij − Σ_k G_kj − Z_ij Σ_k G_kj Z_kj)."""
    n = len(x)
    mean = x.sum(axis=0) / n
    variance = ((x - mean) ** 2).sum(axis=0) / n
    s = np.sqrt(variance + eps)
    z = (x - mean) / s
    return gamma / (n * s) * (n * g - g.sum(axis=0) - z * (g * z).sum(axis=0))


def node_gradients(x: np.ndarray, g: np.ndarray, gamma: np.ndarray) -> dict[str, np.ndarray]:
    """∂L/∂Z, ∂L/∂σ² (through Z alone) and ∂L/∂μ (through Z and σ²): the steps of the derivation."""
    c = x - x.mean(axis=0)
    s = np.sqrt((c**2).mean(axis=0) + EPS)
    of_z = gamma * g
    of_variance = -(of_z * c).sum(axis=0) / (2 * s**3)
    return {"Z": of_z, r"\sigma^2": of_variance, r"\mu": -of_z.sum(axis=0) / s}


def parameter_gradients(x: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """∂L/∂γ_j = Σ_i G_ij Z_ij and ∂L/∂β_j = Σ_i G_ij."""
    c = x - x.mean(axis=0)
    return (g * c / np.sqrt((c**2).mean(axis=0) + EPS)).sum(axis=0), g.sum(axis=0)


def parameters_of_the_given_net(classes: int, normalize: bool) -> int:
    """Counted by hand: weights and biases, and two numbers for each normalized channel."""
    convolutions = (9 * 3 + 1) * 16 + (9 * 16 + 1) * 32 + (9 * 32 + 1) * 64
    linear = (1024 + 1) * 256 + (256 + 1) * classes
    return convolutions + linear + (2 * (16 + 32 + 64) if normalize else 0)


def parameters_of_our_net(a: int, b: int, classes: int) -> int:
    """By hand: eight convolutions without biases, two numbers for each channel of theirs.

    The first has `a` channels; the others have `b`, three times 2b and three times 4b.
    """
    return 9 * (3 * a + a * b + 50 * b**2) + 2 * (a + 19 * b) + (4 * b + 1) * classes


def seen_by_the_last_convolution() -> dict[str, int]:
    """Side of the square of pixels on which an output of the last convolution depends."""
    return {"given": 18, "ours": 32}


# Cases ------------------------------------------------------------------------------------


def draw_batch(draw: Draw) -> tuple[np.ndarray, ...]:
    """X, G (n, d) and γ, β (d,), n from two to six and d up to two."""
    n, d = (int(size) for size in draw.rng.integers((2, 1), (7, 3)))
    return draw(n, d), draw(n, d), draw(d), draw(d)


# (a) The graph ----------------------------------------------------------------------------


@exhaustive_check("the graph has the edges X→μ, X→σ², μ→σ², X→Z, μ→Z, σ²→Z, Z→Y, γ→Y, β→Y")
def edges_of_the_graph(rng: Rng, formula: set[tuple[str, str]] = EDGES) -> tuple:
    steps = contracted(traced(rng.normal(size=(5, 3)), np.ones(3), np.zeros(3)))
    return set(formula), {(parent, step.name) for step in steps for parent in step.parents}


@exact_check("through μ→σ² no gradient flows: ∂σ²/∂μ = −(2/n) Σ_i (X_i − μ) = 0 at the mean")
def silent_edge(draw: Draw, formula: Callable = lambda x, at: -2 * (x - at).mean(axis=0)) -> tuple:
    x, _, at, _ = draw_batch(draw)
    one = np.ones(len(at), dtype=int)
    expected = derivative(lambda at: ((x - at) ** 2).mean(axis=0), at, one)
    return (formula(x, at), formula(x, x.mean(axis=0))), (expected, 0 * at)


@equality_check(
    "the forward pass that is traced is PyTorch's batch normalization", trials=50, tolerance=1e-10
)
def forward_is_batch_norm(rng: Rng, formula: Callable = forward) -> tuple:
    x, gamma, beta = rng.normal(1, 2, (9, 4)), rng.normal(size=4), rng.normal(size=4)
    layer = functional.batch_norm(
        torch.from_numpy(x), None, None, torch.from_numpy(gamma), torch.from_numpy(beta),
        training=True, eps=EPS,
    )  # fmt: skip
    return formula(x, gamma, beta)["Y"], layer.numpy()


# (b) The closed form ----------------------------------------------------------------------


@exact_gradient_check("∂L/∂X_i = γ/(ns) (n G_i − Σ_k G_k − Z_i Σ_k G_k Z_k), for n up to 6")
def gradient_of_the_input(draw: Draw, formula: Callable = closed_form) -> tuple:
    x, g, gamma, beta = draw_batch(draw)
    return formula(x, g, gamma), lambda x: (g * forward(x, gamma, beta)["Y"]).sum(), x


@exact_gradient_check(
    "∂L/∂Z, ∂L/∂σ² through Z and ∂L/∂μ through Z and σ² are those of the derivation"
)
def gradients_of_the_nodes(draw: Draw, formula: Callable = node_gradients) -> tuple:
    x, g, gamma, _ = draw_batch(draw)
    nodes, found = forward(x, gamma, 0), formula(x, g, gamma)
    names = ("Z", r"\sigma^2", r"\mu")

    def loss(z: Any, variance: Any, mean: Any) -> Any:
        """Of each node, with those before it as they are."""
        moved = ((x - mean) ** 2).mean(axis=0)
        of_variance = (x - nodes[r"\mu"]) / np.sqrt(variance + EPS)
        of_mean = (x - mean) / np.sqrt(moved + EPS)
        return (g * gamma * (z + of_variance + of_mean)).sum()

    return tuple(found[name] for name in names), loss, tuple(nodes[name] for name in names)


@exact_gradient_check("∂L/∂γ = Σ_i G_i Z_i and ∂L/∂β = Σ_i G_i")
def gradients_of_the_parameters(draw: Draw, formula: Callable = parameter_gradients) -> tuple:
    x, g, *parameters = draw_batch(draw)
    return (
        formula(x, g),
        lambda gamma, beta: (g * forward(x, gamma, beta)["Y"]).sum(),
        tuple(parameters),
    )


@exact_check("Σ_i ∂L/∂X_i = 0 and Σ_i Z_i ∂L/∂X_i = (γ/s)(ε/s²) Σ_i G_i Z_i")
def what_the_gradient_cannot_do(
    draw: Draw, formula: Callable = lambda gamma, s, along: gamma * EPS / s**3 * along
) -> tuple:
    x, g, gamma, beta = draw_batch(draw)
    dx, nodes = closed_form(x, g, gamma), forward(x, gamma, beta)
    z, s = nodes["Z"], np.sqrt(nodes[r"\sigma^2"] + EPS)
    found = formula(gamma, s, (g * z).sum(axis=0))
    return (found, dx.sum(axis=0)), ((z * dx).sum(axis=0), 0 * gamma)


@exact_check("batch norm of aX with ε is batch norm of X with ε/a², for a > 0")
def scaled_input(draw: Draw, formula: Callable = lambda a: EPS / a**2) -> tuple:
    x, _, gamma, beta = draw_batch(draw)
    a = draw.positive()
    found = forward(x, gamma, beta, formula(a))["Y"]
    return found, forward(a * x, gamma, beta)["Y"]


# The layers -------------------------------------------------------------------------------


@derivation_check(
    claim="batch norm and spatial batch norm: backward through the graph equals the closed form",
    method="reference",
    trials=30,
    tolerance=1e-10,
)
def graph_against_closed_form(rng: Rng, formula: str = "backward_graph") -> float:
    shapes = (tuple(rng.integers(3, 30, 2)), (*rng.integers(2, 6, 2), 4, 5))
    errors = []
    for layer, shape in zip((BatchNorm1d, BatchNorm2d), shapes, strict=True):
        module = layer(shape[1], dtype=np.float64)
        module.gamma[:] = rng.normal(size=shape[1])
        g = rng.standard_normal(shape)
        module.forward(rng.normal(1, 2, shape))
        closed = [module.backward(g), *(a.copy() for a in module.get_gradients())]
        graph = [getattr(module, formula)(g), *module.get_gradients()]
        errors += [relative_error(a, b) for a, b in zip(graph, closed, strict=True)]
    return max(errors)


def layer_cases(rng: Rng) -> list[tuple[Sequential, tuple[int, ...]]]:
    """Every layer of this question between two that make classes of its output; input shapes."""
    kinds: list[tuple[list[Module], tuple[int, ...], int]] = [
        ([BatchNorm1d(6, dtype=np.float64)], (5, 6), 6),
        ([Dropout(0.4, rng)], (5, 6), 6),
        ([Conv2d(2, 3, (3, 2), stride=(1, 2), padding=1, rng=rng, dtype=np.float64)],
         (2, 2, 5, 4), 45),
        ([MaxPool2d((3, 2), (2, 1))], (2, 2, 5, 4), 12),
        ([BatchNorm2d(3, dtype=np.float64)], (3, 3, 2, 4), 24),
    ]  # fmt: skip
    return [
        (Sequential(*layer, Flatten(), Linear(features, 4, rng=rng, dtype=np.float64)), shape)
        for layer, shape, features in kinds
    ]


@derivation_check(
    claim="gradients of batch norm, dropout, convolution, max pooling (3 × 2), spatial batch norm",
    method="finite-difference",
    trials=5,
    tolerance=1e-5,
)
def layer_gradients(rng: Rng, formula: Callable = layer_cases) -> float:
    return max(
        gradient_check(
            model, rng.standard_normal(shape), rng.integers(4, size=shape[0]), include_input=True
        )
        for model, shape in formula(rng)
    )


@exact_check("dropout: E[output] = input and Var[output] = p/(1 − p) · input², over all masks")
def dropout_keeps_the_mean(
    draw: Draw, formula: Callable = lambda x, p: (x, p / (1 - p) * x**2)
) -> tuple:
    x, p = draw(3), draw()
    rows, chances = dropout_rows(x, p)
    return formula(x, p), (chances @ rows, chances @ (rows - x) ** 2)


# The networks -----------------------------------------------------------------------------


def penalty_gradients(model: Sequential, strength: float) -> list[np.ndarray]:
    """strength · W for weights, 0 for all other parameters: the share of the penalty."""
    owners = [layer for layer in model for _ in layer.get_parameters()]
    with_weights = set(map(id, weighted(model)))
    return [
        strength * p if id(layer) in with_weights and p is layer.W else 0 * p
        for layer, p in zip(owners, model.get_parameters(), strict=True)
    ]


@equality_check(
    "the penalty ½ λ Σ W² adds λW to the gradients of weights, nothing to others", trials=5
)
def penalty_gradient(rng: Rng, formula: Callable = penalty_gradients) -> tuple:
    model, strength = fully_connected((5, 6, 4, 3), normalize=True, rng=rng, dtype=np.float64), 0.7
    model.backward_parameters(np.ones_like(model.forward(rng.standard_normal((7, 5)))))
    before = [gradient.copy() for gradient in model.get_gradients()]
    added_loss = penalize(model, strength)
    added = [a - b for a, b in zip(model.get_gradients(), before, strict=True)]
    penalty = strength / 2 * sum(np.sum(layer.W**2) for layer in weighted(model))
    return (penalty, formula(model, strength)), (added_loss, added)


def network_cases(rng: Rng) -> list[tuple[Sequential, np.ndarray]]:
    """The nets of this question in miniature, with an input.

    All parameters are random: where a shift is 0, a unit without input stands on the kink of ReLU.
    """
    x, images = rng.standard_normal((12, 8)), rng.standard_normal((4, 2, 4, 6))
    cases = [
        (fully_connected((8, 7, 6, 4), rng=rng, dtype=np.float64), x),
        (fully_connected((8, 7, 6, 4), normalize=True, dropout=0.3, rng=rng, dtype=np.float64), x),
        *(
            (three_layer_convnet((2, 4, 6), filters=3, kernel=3, hidden=5, classes=4,
                                 normalize=normalize, rng=rng, dtype=np.float64), images)
            for normalize in (False, True)
        ),
    ]  # fmt: skip
    for model, _ in cases:
        for parameter in model.get_parameters():
            parameter += rng.normal(0, 0.3, parameter.shape)
    return cases


@derivation_check(
    claim="gradients of the fully connected nets and of the three-layer ConvNets",
    method="finite-difference",
    trials=3,
    tolerance=1e-5,
)
def network_gradients(rng: Rng, formula: Callable = network_cases) -> float:
    return max(
        gradient_check(model, x, rng.integers(4, size=len(x)), sample=40)
        for model, x in formula(rng)
    )


# The PyTorch nets -------------------------------------------------------------------------


@exhaustive_check("parameters of the given net, plain and with batch norm, for 10 and 100 classes")
def parameters_by_hand(rng: Rng, formula: Callable = parameters_of_the_given_net) -> tuple:
    from problems.eecs182_hw5.q6_cnn.designs import given_net
    from proofsheet.learning.loop import parameter_count

    cases = list(itertools.product((10, 100), (False, True)))
    nets = [given_net(classes, normalize=normalize) for classes, normalize in cases]
    return [formula(*case) for case in cases], [parameter_count(net) for net in nets]


@exhaustive_check(
    "parameters of our design, 9(3a + ab + 50b²) + 2(a + 19b) + (4b + 1)K, for 10 and 100 classes"
)
def parameters_of_the_design(rng: Rng, formula: Callable = parameters_of_our_net) -> tuple:
    from proofsheet.learning.loop import parameter_count
    from proofsheet.learning.small_image_nets import WIDTHS, BalancedNet

    images = np.zeros((1, 32, 32, 3), np.uint8)
    nets = [BalancedNet(images, classes=classes) for classes in (10, 100)]
    by_hand = [formula(*WIDTHS[:2], classes) for classes in (10, 100)]
    return by_hand, [parameter_count(net) for net in nets]


@exhaustive_check(
    "an output of the last convolution depends on 18 × 18 pixels in the given net, and on all"
    " 32 × 32 in ours (one pixel is NaN at a time)"
)
def seen_pixels(rng: Rng, formula: Callable = seen_by_the_last_convolution) -> tuple:
    from problems.eecs182_hw5.q6_cnn.designs import given_net
    from proofsheet.learning.small_image_nets import BalancedNet

    # NaN goes through everything that is computed from it, and through nothing else.
    images = torch.zeros(32 * 32, 32, 32, 3)
    images.view(32 * 32, 32 * 32, 3)[range(32 * 32), range(32 * 32)] = torch.nan
    given = given_net(10).eval()
    ours = BalancedNet(np.zeros((1, 32, 32, 3), np.uint8)).eval()
    flatten = [isinstance(layer, torch.nn.Flatten) for layer in given].index(True)
    with torch.no_grad():
        maps = {
            "given": given[:flatten](images),
            "ours": ours.features(images.permute(0, 3, 1, 2)),
        }
    found = {}
    for name, values in maps.items():
        # Which pixels an inner place of the last map depends on: rows, columns, and all.
        seen = values.isnan().any(dim=1)[:, 1, 1].view(32, 32)
        found[name] = [int(each.sum()) for each in (seen.any(dim=1), seen.any(dim=0), seen)]
    return {name: [side, side, side**2] for name, side in formula().items()}, found
