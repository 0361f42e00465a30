"""EECS 182 HW 5, question 6, PyTorch part: the course's networks, and a design of our own.

In the report the data of the course's networks are divided as the question has it: the test images
at even places are for validation. A sweep leaves all test images alone.
"""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from problems.eecs182_hw5.q6_cnn.designs import (
    GIVEN,
    GIVEN_BATCH,
    GIVEN_EPOCHS,
    GivenRecipe,
    given_net,
)
from proofsheet.data.dataset import Dataset
from proofsheet.jobs.device import mixed_precision
from proofsheet.learning.augmentation import Augmentation
from proofsheet.learning.cifar_plan import OWN, Run, rows_on, train_plan
from proofsheet.learning.loop import fit, logits_of, parameter_count, share_right


def train_given(
    data: Dataset,
    device: torch.device,
    *,
    network: str = "plain",
    seed: int = 0,
    images: int | None = None,
    measured: int | None = None,
    epochs: int | None = None,
    batch: int = GIVEN_BATCH,
    learning_rate: float = 1e-3,
    dropout: float | None = None,
) -> Run:
    """Train one of the course's networks.

    Args:
        data: images (n, 32, 32, 3) of bytes.
        network: a key of `GIVEN`.
        images: training images; None: all.
        measured: validation images, and test images; None: all.
        dropout: in the place of the network's.
    """
    rows, validation, test = rows_on(device, data, images, measured)
    options = GIVEN[network] | ({} if dropout is None else {"dropout": dropout})
    torch.manual_seed(seed)
    model = given_net(len(data.class_names), **options).to(device)
    recipe = GivenRecipe(epochs or GIVEN_EPOCHS, batch, learning_rate)
    start = time.perf_counter()
    curves = fit(
        model, rows, validation, recipe, seed=seed, label=network,
        augment=Augmentation(mirror=True, reach=0), mixed=mixed_precision(device),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    logits = logits_of(model, validation[0])
    return {
        "train_accuracy": share_right(logits_of(model, rows[0][:5000]), rows[1][:5000]),
        "validation_accuracy": share_right(logits, validation[1]),
        "test_accuracy": share_right(logits_of(model, test[0]), test[1]),
        "parameters": parameter_count(model),
        "images": len(rows[1]),
        "epochs": recipe.epochs,
        "steps": recipe.epochs * -(-len(rows[1]) // recipe.batch),
        "mixed": mixed_precision(device),
        "seconds": seconds,
    }, curves | {"val_logits": logits.cpu().numpy()}


def train_own(
    data: Dataset, device: torch.device, *, seed: int = 0, images: int | None = None,
    measured: int | None = None, epochs: int | None = None,
) -> Run:  # fmt: skip
    """Train our own design on CIFAR-100; on CIFAR-10 the run of CS 7643 PS 2, problem 7, is read.

    Args:
        data, images, measured, epochs: as in `train_plan`.
    """
    plan = replace(OWN, options={"classes": len(data.class_names)})
    return train_plan(
        plan, data, device, label="own", seed=seed, images=images, measured=measured, epochs=epochs
    )
