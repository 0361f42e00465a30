"""Leaving out units that cannot change changes nothing but the time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from problems.dl_hw1.p4_bloodmnist import live_units
from proofsheet.learning import loop as training
from proofsheet.learning.loop import Recipe, perceptron

RECIPE = Recipe(epochs=25, batch=20, learning_rate=3e-3)
UNITS = 24


def data(n: int, seed: int, shift: float = 0.6) -> training.Rows:
    """Rows of 300 numbers in [0, 1] about `shift`, of three classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    centers = np.random.default_rng(0).normal(0, 0.05, (3, 300))
    x = np.clip(shift + centers[y] + rng.normal(0, 0.1, (n, 300)), 0 if shift else -1, 1)
    return torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y)


def trained(train, rows, validation, recipe=RECIPE, sizes=(300, UNITS, 12, 3)):
    torch.manual_seed(0)
    model = perceptron(sizes)
    curves = train(model, rows, validation, recipe, seed=1, label="test")
    return model, curves


@pytest.mark.parametrize("sizes", [(300, UNITS, 12, 3), (300, UNITS, 3)])
def test_the_same_training(sizes):
    rows, validation = data(400, 1), data(100, 2)
    model, curves = trained(live_units.train_live, rows, validation, sizes=sizes)
    peer, expected = trained(training.train, rows, validation, sizes=sizes)
    assert 0 < curves["live_units"][-1] < UNITS, "nothing was left out: the test shows nothing"
    for name, curve in expected.items():
        np.testing.assert_allclose(curves[name], curve, rtol=1e-3, atol=2e-4)
    for ours, theirs in zip(model.parameters(), peer.parameters(), strict=True):
        assert ours.shape == theirs.shape
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


def test_units_that_are_left_out_would_stand_still(monkeypatch):
    """To the bit, in a training that leaves nothing out; and nothing else makes them active."""
    rows, validation = data(400, 1), data(100, 2)
    kept = []
    keep = live_units.LiveUnits._keep

    def remember(part, places):
        if len(places) < len(part.live):
            kept.append(part.live[places])
        keep(part, places)

    monkeypatch.setattr(live_units.LiveUnits, "_keep", remember)
    model, _ = trained(live_units.train_live, rows, validation)
    monkeypatch.setattr(live_units.LiveUnits, "_keep", lambda part, places: None)
    peer, curves = trained(live_units.train_live, rows, validation)
    assert (curves["live_units"] == UNITS).all()
    # Those of the first time: up to there the two trainings are the same to the bit.
    out = torch.ones(UNITS, dtype=torch.bool)
    out[kept[0]] = False
    assert out.any()
    assert torch.equal(model[1].weight[out], peer[1].weight[out])
    assert torch.equal(model[1].bias[out], peer[1].bias[out])
    assert torch.equal(model[3].weight[:, out], peer[3].weight[:, out])
    for x, _ in (rows, validation):
        assert (model[:3](x)[:, out] == 0).all()


def test_a_unit_that_a_watched_row_makes_active_stays():
    rows, validation = data(400, 1), data(100, 2)
    _, curves = trained(live_units.train_live, rows, validation)
    # Some watched rows the other way around: what is dead for the first is active for these.
    watched = (torch.cat([validation[0], -validation[0]]), validation[1].repeat(2))
    _, kept = trained(live_units.train_live, rows, watched)
    assert curves["live_units"][-1] < kept["live_units"][-1] <= UNITS
    np.testing.assert_allclose(kept["loss"], curves["loss"], rtol=1e-3, atol=2e-4)


def test_an_epoch_of_few_steps_proves_nothing():
    part = live_units.LiveUnits(perceptron((300, UNITS, 12, 3)), 1e-3, -data(50, 1)[0])
    with torch.no_grad():
        part.network[0].weight.abs_()
        part.network[0].bias.fill_(-1)  # dead on all rows, and nothing has changed
    part._remember()
    part.leave_out(steps=live_units.LEAST_STEPS - 1)
    assert len(part.live) == UNITS


def test_momentum_falls_faster_than_its_denominator():
    """The step of a weight without gradient shrinks, from LEAST_STEPS on, for Adam's defaults."""
    beta1, beta2 = 0.9, 0.999

    def step(t, m, v):
        return m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)))

    lengths = [
        step(t, beta1**k, beta2**k)
        for k, t in enumerate(range(live_units.LEAST_STEPS, live_units.LEAST_STEPS + 500))
    ]
    assert all(after < before for before, after in itertools.pairwise(lengths))
