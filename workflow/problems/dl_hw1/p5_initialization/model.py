"""Deep multi-layer perceptrons under a chosen initialization, one per seed, side by side.

The networks of all seeds are the slices of one tensor per layer: a batched product trains them
together, and each has the initial weights and the order of batches that it would have alone. A
seed stands for the same normal numbers and the same order in every method, so that methods are
compared on equal terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from problems.dl_hw1.p5_initialization.initialization import initialize_weights
from proofsheet.learning.operations import counted

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


class DeepNetworks:
    """K networks `sizes = (inputs, h_1, …, h_L, classes)`, one for each seed; biases are 0.

    Attributes:
        sizes: as given.
        weights: one (K, fan_in, fan_out) for each layer.
        biases: one (K, 1, fan_out) for each layer.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        method: str,
        activation: str,
        seeds: Sequence[int],
        device: torch.device | str = "cpu",
    ) -> None:
        generators = [_generator(seed, 0) for seed in seeds]
        self.sizes = tuple(sizes)
        self.activation = ACTIVATIONS[activation]
        self.weights = [
            torch.stack([initialize_weights(shape, method, g) for g in generators]).to(device)
            for shape in pairwise(sizes)
        ]
        self.biases = [torch.zeros(len(seeds), 1, width, device=device) for width in sizes[1:]]
        self._orders = [_generator(seed, 1) for seed in seeds]
        for parameter in self.parameters():
            parameter.requires_grad_()

    def __len__(self) -> int:
        return len(self._orders)

    def parameters(self) -> list[Tensor]:
        """All weights, then all biases."""
        return [*self.weights, *self.biases]

    def layers(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Pre-activations of every layer, logits last, and activations of the hidden ones.

        Args:
            x: (K, n, inputs), or (n, inputs) for the same rows in each network.

        Returns:
            L + 1 tensors (K, n, width) and L of them.
        """
        h = x if x.dim() == 3 else x.expand(len(self), *x.shape)
        before, after = [], []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            before.append(torch.baddbmm(bias, h, weight))
            h = self.activation(before[-1])
            after.append(h)
        return before, after[:-1]  # logits have no activation

    def __call__(self, x: Tensor) -> Tensor:
        """Logits (K, n, classes)."""
        return self.layers(x)[0][-1]

    def orders(self, n: int) -> Tensor:
        """A new random order of n rows for each network, (K, n)."""
        return torch.stack([torch.randperm(n, generator=g) for g in self._orders])


def statistics(networks: DeepNetworks, x: Tensor, y: Tensor) -> dict[str, np.ndarray]:
    """Activations and gradients in each hidden layer, over the units and rows of a batch.

    Args:
        x, y: (n, inputs) and (n,) classes.

    Returns:
        `mean` and `std` of the activations, and `gradient`, the root mean square of the gradient
        of the batch's mean cross-entropy at the pre-activations: each (K, L).
    """
    before, after = networks.layers(x)
    loss = losses(before[-1], y.expand(len(networks), -1)).sum()
    gradients = torch.autograd.grad(loss, before[:-1])
    found = {
        "mean": [h.double().mean(dim=(1, 2)) for h in after],
        "std": [h.double().std(dim=(1, 2), correction=0) for h in after],
        "gradient": [g.double().square().mean(dim=(1, 2)).sqrt() for g in gradients],
    }
    return {
        name: torch.stack(values, dim=1).detach().cpu().numpy() for name, values in found.items()
    }


def losses(logits: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of each network: (K, n, classes) and (K, n) to (K,)."""
    # Rows of all networks together: on a GPU only this form is deterministic.
    each = functional.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none")
    return each.view(y.shape).mean(dim=1)


def train_epoch(
    networks: DeepNetworks, x: Tensor, y: Tensor, *, learning_rate: float = 0.1, batch: int = 128,
    mixed: bool = False,
) -> np.ndarray:  # fmt: skip
    """One pass of stochastic gradient descent over the rows, in a new order for each network.

    The sum of the networks' losses has as its gradient the gradient of each loss, because no
    network occurs in another's loss.

    Args:
        x, y: (n, inputs) and (n,) classes; the last batch of an epoch may be smaller.
        mixed: products in bfloat16; weights, sums and the loss stay float32.

    Returns:
        The losses as met in each step, (K, steps).
    """
    parameters, met = networks.parameters(), []
    for rows in counted(networks.orders(len(y)).to(x.device).split(batch, dim=1)):
        with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
            logits = networks(x[rows])
        loss = losses(logits.float(), y[rows])
        gradients = torch.autograd.grad(loss.sum(), parameters)
        # The step of torch.optim.SGD, whose first use imports a compiler for three seconds.
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-learning_rate)
        met.append(loss.detach())
    return torch.stack(met, dim=1).cpu().numpy()


@torch.no_grad()
def accuracies(networks: DeepNetworks, x: Tensor, y: Tensor, batch: int = 2000) -> np.ndarray:
    """Share of the rows that each network classifies correctly, (K,)."""
    right = sum(
        (networks(rows).argmax(dim=-1) == wanted).sum(dim=1)
        for rows, wanted in zip(x.split(batch), y.split(batch), strict=True)
    )
    return right.double().div(len(y)).cpu().numpy()


@torch.no_grad()
def trained_state(networks: DeepNetworks, y: Tensor) -> dict[str, float]:
    """What a network knows that looks at no image: its output bias, beside the class frequencies.

    Returns:
        `largest_inner`, the largest |entry| of anything but the output bias; `entropy` of the
        class frequencies of `y`, which is the least loss that a bias alone can have; and
        `bias_loss`, the loss of the output bias alone, mean over the networks.
    """
    *inner, bias = networks.parameters()
    share = torch.bincount(y, minlength=networks.sizes[-1]).double() / len(y)
    log_p = bias.double().log_softmax(dim=-1)
    return {
        "largest_inner": max(part.abs().max().item() for part in inner),
        "entropy": -torch.special.xlogy(share, share).sum().item(),
        "bias_loss": -(log_p * share).sum(dim=-1).mean().item(),
    }


def standardized(images: np.ndarray, mean: float, std: float) -> Tensor:
    """Images uint8 (n, …) as rows float32 (n, d), by one mean and deviation for all pixels."""
    rows = torch.from_numpy(np.ascontiguousarray(images)).flatten(1).to(torch.float32)
    return rows.sub_(mean).div_(std)


def _generator(*key: int) -> torch.Generator:
    """A generator for each key; keys that differ give independent numbers."""
    (state,) = np.random.SeedSequence(key).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state) >> 1)
