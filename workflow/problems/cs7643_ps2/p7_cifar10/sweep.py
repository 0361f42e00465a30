"""CS 7643 PS 2, problem 7, part 2 and extra credit: one training on CIFAR-10 with PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from problems.cs7643_ps2.p7_cifar10.fit import fit_plan
from problems.cs7643_ps2.p7_cifar10.long_tail import FACTOR, long_tailed_rows, loss_of
from problems.cs7643_ps2.p7_cifar10.recipes import LONG_TAIL, PLANS, Plan, without
from proofsheet.data.dataset import Part
from proofsheet.jobs.device import resolve
from proofsheet.learning.sgd_loop import Criterion, logits_of
from proofsheet.sweeps.on_device import device_of
from proofsheet.sweeps.runs import Common, Metrics, of_logits


def train(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """The two-layer network unless swept."""
    given = dict(parameters)
    plan = PLANS[given.pop("network", "two_layer")].on(device_of(common), common.start["epochs"])
    return _trained(common, plan, given)


def ablation(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """Our own design, whole unless swept, on a few of the images."""
    given = dict(parameters)
    # As in the report: the epochs of a CPU, so that it is the same everywhere.
    plan = without(given.pop("choice", "none")).on(resolve("cpu"), common.start["epochs"])
    return _trained(common, plan, given)


def long_tail(common: Common, parameters: Mapping[str, Any]) -> Metrics:
    """ResNet-32 on long-tailed classes, with the cross-entropy unless swept."""
    given = dict(parameters)
    name, factor = given.pop("loss", "cross_entropy"), given.pop("factor", FACTOR)
    plan = LONG_TAIL.on(device_of(common), common.start["epochs"])
    return _trained(common, plan, given, long_tail=(name, factor))


def _trained(
    common: Common, plan: Plan, given: dict[str, Any], long_tail: tuple[str, float] | None = None
) -> Metrics:
    """Train as planned but for what is swept."""
    start = common.start
    seed, images = given.pop("seed", start["seed"]), given.pop("images", start["images"])
    train, val = common.data.train, common.data.val
    train = Part(train.x[:images], train.y[:images])
    loss: Criterion | None = None
    if long_tail is not None:
        name, factor = long_tail
        classes = len(common.data.class_names)
        rows = long_tailed_rows(train.y, classes, factor, seed=seed)
        train = Part(train.x[rows], train.y[rows])
        loss = loss_of(name, np.bincount(train.y, minlength=classes))
    if given.get("epochs", plan.recipe.epochs) <= len(plan.recipe.sides):
        given["sides"] = ()  # else no image would ever be seen whole
    plan = replace(plan, recipe=replace(plan.recipe, **given))
    # What is swept changes the training images, never those by which settings are compared.
    few = start.get("validation", start["images"])
    val = Part(val.x[:few], val.y[:few])
    trained = fit_plan(
        plan, train, val, seed=seed, device=device_of(common), label="sweep", loss=loss
    )
    z = logits_of(
        trained.model, trained.validation[0], both_ways=plan.both_ways, mixed=trained.mixed
    )
    return of_logits(z.cpu().numpy(), val.y)
