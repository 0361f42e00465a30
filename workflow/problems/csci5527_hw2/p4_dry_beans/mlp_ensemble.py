"""Multi-layer perceptrons in PyTorch: several initializations trained side by side.

K networks of one shape differ only in their random draws. Their weights are the slices of one
tensor per layer, so that a batched matrix product trains all of them in little more time than
one; the loss is a sum over the networks, hence no gradient passes from one to another. Their mean
probability is the classifier. Rows live in memory and are picked by index: at 8,000 rows of 16
numbers a loader would cost more than the network.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from problems.csci5527_hw2.p4_dry_beans.features import fit_preprocessing
from problems.csci5527_hw2.p4_dry_beans.model_selection import Fit, Rows, Run, tune
from proofsheet.data.dataset import Dataset


class Perceptrons(nn.Module):
    """K fully connected ReLU networks of one shape, `sizes = (d, h1, …, classes)`."""

    def __init__(self, sizes: tuple[int, ...], members: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        last = len(sizes) - 2
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            # He et al. 2015 before a ReLU; half the variance where no ReLU follows.
            deviation = math.sqrt((1 if layer == last else 2) / inputs)
            self.weights.append(deviation * torch.randn(members, inputs, outputs))
            self.biases.append(torch.zeros(members, 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Logits (K, n, classes) of rows (K, n, d), or (n, d) for the same rows in each network."""
        h = x if x.dim() == 3 else x.expand(len(self.weights[0]), *x.shape)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if layer > 0:
                h = functional.dropout(functional.relu(h), self.dropout, self.training)
            h = torch.baddbmm(bias, h, weight)
        return h

    @torch.no_grad()
    def log_probabilities(self, x: Tensor) -> Tensor:
        """Log of the networks' mean softmax, (n, d) to (n, classes); finite for tiny ones."""
        self.eval()
        each = self(x).log_softmax(dim=-1)
        return each.logsumexp(dim=0) - math.log(len(each))


def train_perceptrons(
    x: np.ndarray,
    y: np.ndarray,
    *,
    seed: int,
    device: torch.device,
    validation: Rows | None = None,
    hidden: tuple[int, ...],
    learning_rate: float,
    weight_decay: float,
    dropout: float,
    epochs: int,
    batch: int,
    members: int,
) -> tuple[Perceptrons, dict[str, np.ndarray]]:
    """AdamW on the cross-entropy, learning rate falling to zero along half a cosine.

    The number of epochs is fixed, not chosen by the validation rows: they are only watched.

    Args:
        x, y: (n, d) standardized features and (n,) classes to fit.
        seed: of initial weights, batches and dropout.
        device: where to train.
        validation: (x, y) to follow, epoch by epoch.
        hidden, learning_rate, …, members: hyperparameters; `members` networks.

    Returns:
        The networks, and their learning curves: per epoch the `loss` (mean over the networks, as
        met while training), `accuracy` likewise, and with `validation` given also
        `validation_loss` and `validation_accuracy` of the mean probability.
    """
    torch.manual_seed(seed)
    n, batch = len(y), min(batch, len(y))
    classes = int(y.max()) + 1
    model = Perceptrons((x.shape[1], *hidden, classes), members, dropout)
    model.to(device)
    rows, targets = to_tensor(x, device), torch.as_tensor(y, device=device)
    if validation is not None:
        seen, answers = to_tensor(validation[0], device), torch.as_tensor(validation[1]).to(device)
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=learning_rate,
        weight_decay=weight_decay,
        fused=True,  # one pass over the numbers: an eighth of the whole training
    )
    steps = n // batch  # what is left of an epoch falls into another one: the order is redrawn
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * steps)
    curves: dict[str, list[float]] = defaultdict(list)

    for _ in range(epochs):
        model.train()
        order = torch.stack([torch.randperm(n) for _ in range(members)]).to(device)
        total, right = torch.zeros((), device=device), torch.zeros((), device=device)
        for picked in order[:, : steps * batch].split(batch, dim=1):
            logits, wanted = model(rows[picked]), targets[picked]
            # Summed over the networks, averaged over the batch. The softmax of seven classes takes
            # a twentieth of the time where they are not the last axis. PyTorch's cross-entropy
            # over another axis is not deterministic on a GPU, so the entries are picked here.
            log_p = functional.log_softmax(logits.transpose(1, 2), dim=1)
            loss = -log_p.gather(1, wanted.unsqueeze(1)).sum() / batch
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.detach()
            right += (logits.detach().argmax(dim=-1) == wanted).sum()
        curves["loss"].append(total.item() / (steps * members))
        curves["accuracy"].append(right.item() / (steps * batch * members))
        if validation is not None:
            log_p = model.log_probabilities(seen)
            curves["validation_loss"].append(functional.nll_loss(log_p, answers).item())
            right = log_p.argmax(1) == answers
            curves["validation_accuracy"].append(right.double().mean().item())
    return model, {name: np.array(values) for name, values in curves.items()}


def to_tensor(x: np.ndarray, device: torch.device) -> Tensor:
    """Features as float32 on the device."""
    return torch.as_tensor(x, dtype=torch.float32, device=device)


def predicted_classes(model: Perceptrons, x: np.ndarray, device: torch.device) -> np.ndarray:
    """Most probable class of each row of standardized features: (n, d) to (n,)."""
    return model.log_probabilities(to_tensor(x, device)).argmax(dim=1).cpu().numpy()


MLP_START: dict[str, dict[str, Any]] = {
    "full": {
        "features": "six",
        "hidden": (64, 64, 64),
        "learning_rate": 5e-3,
        "weight_decay": 0.3,
        "dropout": 0.0,
        "epochs": 30,
        "batch": 512,
        "members": 5,
    }
}
MLP_START["small"] = MLP_START["full"] | {"epochs": 4, "members": 2, "batch": 64}
MLP_AXES: dict[str, dict[str, tuple[Any, ...]]] = {
    "full": {"hidden": ((64, 64), (64, 64, 64)), "weight_decay": (0.1, 0.3, 1.0)},
    "small": {"hidden": ((64, 64), (64, 64, 64))},
}
"""Grid, then axis, then the values to try, in the order of the search."""


def fit_mlp(
    settings: Mapping[str, Any],
    rows: Rows,
    validation: Rows | None = None,
    *,
    seed: int,
    device: torch.device,
) -> Fit:
    """Fit preprocessing and networks on `rows`, and nothing else; parameters are of one network.

    Args:
        settings: hyperparameters of `train_perceptrons`, and `features`.
        rows: (x, y) with x (n, 16) as measured.
        validation: rows to follow in the learning curves.
        seed: of the training.
        device: where to train.
    """
    settings = dict(settings)
    prepare = fit_preprocessing(settings.pop("features"), *rows)
    watched = (prepare(validation[0]), validation[1]) if validation is not None else None
    model, curves = train_perceptrons(
        prepare(rows[0]), rows[1], seed=seed, device=device, validation=watched, **settings
    )
    facts = {"parameters": sum(p.numel() for p in model.parameters()) // settings["members"]}
    return Fit(lambda x: predicted_classes(model, prepare(x), device), facts, curves)


def tune_mlp(
    data: Dataset, device: torch.device, *, grid: str, seed: int, curves: bool = True
) -> Run:
    """Tune perceptrons on the validation rows; refit and test the best (part b).

    Args:
        data: divided with `seed`.
        grid: a key of `MLP_AXES`.
        curves: whether to follow the validation rows.
    """
    fit = partial(fit_mlp, seed=seed, device=device)
    start, axes = MLP_START[grid], MLP_AXES[grid]
    return tune("multi-layer perceptron", data, fit, start, axes, seed=seed, curves=curves)
