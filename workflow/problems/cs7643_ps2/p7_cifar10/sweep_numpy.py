"""CS 7643 PS 2, problem 7, part 1: the ConvNet of the NumPy library on CIFAR-10."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from problems.cs7643_ps2.p7_cifar10.numpy_convnet import ONCE, convnet, fit, scores
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """All training images once unless swept."""
    given = {name: common.start[name] for name in ("seed", "images")} | dict(parameters)
    seed, images = given.pop("seed"), given.pop("images")
    train, val = common.data.train, common.data.val
    x, y = train.x[:images], train.y[:images]
    mean = x.mean(axis=0)
    model = convnet(seed)
    fit(model, x, y, mean, replace(ONCE, **given), rng=np.random.default_rng(seed))
    seen = slice(None, common.start["images"])
    return of_logits(scores(model, val.x[seen], mean), val.y[seen])
