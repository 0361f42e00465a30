"""CSCI 5527 HW 2, problem 4: the equalities that the chapter states, each held against a reference.

Letters as in the chapter: z are logits, p = softmax(z), y a class; C is a confusion matrix.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from sklearn import metrics
from torch import nn

from problems.csci5527_hw2.p4_dry_beans.features import six_coordinates
from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import Perceptrons
from proofsheet.checks import (
    derivation_check,
    equality_check,
    exact_gradient_check,
    relative_error,
)
from proofsheet.data.bean_features import all_features
from proofsheet.learning.classification import accuracy, confusion_matrix, macro_f1, recall


def measured(
    area: np.ndarray,
    elongation: np.ndarray,
    ellipse: np.ndarray,
    roundness: np.ndarray,
    solidity: np.ndarray,
    extent: np.ndarray,
) -> np.ndarray:
    """All features (n, 16), by the published definitions, of beans with these sizes and ratios."""
    product = 4 * area / (np.pi * ellipse)  # of the two axes
    return all_features(
        {
            "Area": area,
            "Perimeter": np.sqrt(4 * np.pi * area / roundness),
            "MajorAxisLength": np.sqrt(product * elongation),
            "MinorAxisLength": np.sqrt(product / elongation),
            "ConvexArea": area / solidity,
            "Extent": extent,
        }
    )


def sixteen_from_six(coordinates: np.ndarray) -> np.ndarray:
    """Undo `six_coordinates`: all features (n, 16) from size and five ratios (n, 6)."""
    area, elongation, concavity, deviation, roundness = np.exp(coordinates[:, :5]).T
    return measured(area, elongation, 1 - deviation, roundness, 1 - concavity, coordinates[:, 5])


def random_beans(rng: np.random.Generator, n: int = 20) -> np.ndarray:
    """Features (n, 16) of beans with random measurements."""
    ranges = (2e4, 2.5e5), (1.05, 2.4), (0.94, 0.999), (0.5, 0.98), (0.92, 0.995), (0.55, 0.87)
    return measured(*(rng.uniform(low, high, n) for low, high in ranges))


@equality_check(
    "(log A, log L/l, log(1 − A/C), log(1 − 4A/πLl), log 4πA/P², extent) determine all"
    " sixteen features",
    tolerance=1e-10,
)
def six_hold_sixteen(rng, formula=sixteen_from_six):
    x = random_beans(rng)
    return list(formula(six_coordinates(x)).T), list(x.T)


def softmax_minus_target(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂ℓ/∂z of the mean cross-entropy: (p − e_y) / n, for logits (n, K) and classes (n,)."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p - np.eye(z.shape[1])[y]) / len(y)


@exact_gradient_check(
    "∂ℓ/∂z = softmax(z) − e_y for ℓ = −log softmax(z)_y, averaged over the batch", ordered=True
)
def cross_entropy_gradient(draw, formula=softmax_minus_target):
    z, y = draw.logits(3, 3), np.arange(3)
    loss = lambda z: np.mean(np.log(np.exp(z).sum(axis=1)) - z[y, y])  # noqa: E731
    return formula(z, y), loss, z


def summed_loss(losses: torch.Tensor) -> torch.Tensor:
    """Loss of the stack, from the losses (K,) of its networks."""
    return losses.sum()


@derivation_check(
    claim="the gradient of the networks' summed loss is, slice by slice, the gradient that each"
    " network has alone",
    method="autograd",
    trials=20,
    tolerance=1e-12,
)
def networks_stay_apart(rng, formula=summed_loss):
    torch.manual_seed(int(rng.integers(2**31)))
    members, sizes, n = 3, (6, 8, 5, 7), 10
    stack = Perceptrons(sizes, members).double()
    x, y = torch.tensor(rng.standard_normal((n, 6))), torch.tensor(rng.integers(0, 7, n))
    formula(torch.stack([nn.functional.cross_entropy(logits, y) for logits in stack(x)])).backward()
    worst = 0.0
    for k in range(members):
        layers = [nn.Linear(*shape).double() for shape in itertools.pairwise(sizes)]
        for layer, weight, bias in zip(layers, stack.weights, stack.biases, strict=True):
            layer.weight.data, layer.bias.data = weight[k].detach().T.clone(), bias[k, 0].detach()
        network = nn.Sequential(*itertools.chain(*((layer, nn.ReLU()) for layer in layers)))[:-1]
        nn.functional.cross_entropy(network(x), y).backward()
        for layer, weight, bias in zip(layers, stack.weights, stack.biases, strict=True):
            worst = max(
                worst,
                relative_error(weight.grad[k].T, layer.weight.grad),
                relative_error(bias.grad[k, 0], layer.bias.grad),
            )
    return worst


def read_off(confusion: np.ndarray) -> list[float]:
    """Accuracy, macro F1 and the recalls, from the confusion matrix."""
    return [accuracy(confusion), macro_f1(confusion), *recall(confusion)]


@equality_check(
    "accuracy = tr C / n, recall = C_kk / C_k·, F1 = 2 C_kk / (C_k· + C_·k), macro F1 their mean"
)
def read_off_confusion(rng, formula=read_off):
    truth = np.concatenate([np.arange(7), rng.integers(0, 7, 93)])
    called = np.where(rng.random(100) < 0.7, truth, rng.integers(0, 7, 100))
    expected = [
        metrics.accuracy_score(truth, called),
        metrics.f1_score(truth, called, average="macro"),
        *metrics.recall_score(truth, called, average=None),
    ]
    return formula(confusion_matrix(truth, called, 7)), expected
