"""The perceptrons: shapes, determinism, what they see, and that they learn."""

import numpy as np
import pytest
import torch

from problems.csci5527_hw2.p4_dry_beans.derivations import random_beans
from problems.csci5527_hw2.p4_dry_beans.features import six_coordinates
from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import (
    Perceptrons,
    fit_mlp,
    predicted_classes,
    train_perceptrons,
)

CPU = torch.device("cpu")
SHORT = {"hidden": (16,), "epochs": 3, "batch": 32, "members": 2}
SHORT |= {"learning_rate": 1e-2, "weight_decay": 1e-2, "dropout": 0.0}


@pytest.fixture
def clouds():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 240)
    return rng.standard_normal((240, 4)) + 3 * np.eye(3, 4)[y], y


def test_logits_of_shared_rows_and_of_rows_of_its_own():
    model = Perceptrons((4, 8, 3), members=5).eval()
    shared = torch.randn(7, 4)
    assert model(shared).shape == (5, 7, 3)
    torch.testing.assert_close(model(shared), model(shared.expand(5, 7, 4)))


def test_initial_weights_have_the_variance_that_keeps_activations_alive():
    torch.manual_seed(0)
    model = Perceptrons((400, 300, 200), members=3)
    first, last = (w.detach() for w in model.weights)
    assert first.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert last.std().item() == pytest.approx((1 / 300) ** 0.5, rel=0.02)


def test_dropout_only_while_training():
    model = Perceptrons((4, 64, 3), members=1, dropout=0.5)
    x = torch.randn(5, 4)
    assert not torch.equal(model.train()(x), model(x))
    torch.testing.assert_close(model.log_probabilities(x), model.log_probabilities(x))


def test_probabilities_are_the_mean_over_the_networks():
    model = Perceptrons((4, 8, 3), members=4).eval()
    p = model.log_probabilities(x := torch.randn(5, 4)).exp()
    torch.testing.assert_close(p, sum(logits.softmax(1) for logits in model(x)) / 4)
    torch.testing.assert_close(p.sum(1), torch.ones(5))


def test_the_loss_of_a_certain_mistake_is_finite():
    """A probability of e⁻⁵⁰⁰ is 0 in float32."""
    model = Perceptrons((1, 2), members=2)
    with torch.no_grad():
        model.weights[0].copy_(torch.tensor([[[500.0, 0.0]], [[501.0, 0.0]]]))
    log_p = model.log_probabilities(torch.ones(1, 1))
    assert log_p[0, 1].item() == pytest.approx(-500 + np.log((1 + np.exp(-1)) / 2), abs=1e-3)
    assert log_p[0].exp().tolist() == [1.0, 0.0]


def test_it_learns_clouds_that_lie_apart(clouds):
    x, y = clouds
    model, curves = train_perceptrons(
        x, y, seed=0, device=CPU, validation=(x, y), **{**SHORT, "epochs": 20}
    )
    assert (predicted_classes(model, x, CPU) == y).mean() > 0.95
    assert curves["loss"][-1] < curves["loss"][0] / 2
    assert curves["validation_accuracy"][-1] > 0.95
    assert {len(curve) for curve in curves.values()} == {20}


def test_a_seed_is_a_network(clouds):
    runs = [train_perceptrons(*clouds, seed=seed, device=CPU, **SHORT) for seed in (0, 0, 1)]
    first, again, other = (curves["loss"] for _, curves in runs)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    for a, b in zip(runs[0][0].parameters(), runs[1][0].parameters(), strict=True):
        assert torch.equal(a, b)


def test_watching_validation_rows_changes_nothing(clouds):
    x, y = clouds
    alone, _ = train_perceptrons(x, y, seed=0, device=CPU, **SHORT)
    watched, _ = train_perceptrons(
        x, y, seed=0, device=CPU, validation=(x[:20], np.roll(y, 1)[:20]), **SHORT
    )
    for a, b in zip(alone.parameters(), watched.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_learning_rate_ends_at_zero(clouds, monkeypatch):
    rates = []
    step = torch.optim.AdamW.step

    def watched(self, *arguments, **options):
        rates.append(self.param_groups[0]["lr"])
        return step(self, *arguments, **options)

    monkeypatch.setattr(torch.optim.AdamW, "step", watched)
    train_perceptrons(*clouds, seed=0, device=CPU, **SHORT)
    assert len(rates) == 3 * (240 // 32)
    assert rates[0] == SHORT["learning_rate"]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.02 * rates[0]


def test_the_fit_sees_its_rows_and_standardizes_by_them():
    x = random_beans(np.random.default_rng(0), 120)
    y = (six_coordinates(x)[:, 1] > 0.5).astype(int)
    settings = SHORT | {"features": "six", "hidden": (8,), "batch": 200}
    fitted = fit_mlp(settings, (x, y), seed=0, device=CPU)
    assert set(fitted.curves) == {"loss", "accuracy"}
    assert fitted.facts == {"parameters": 6 * 8 + 8 + 8 * 2 + 2}
    assert fitted.predict(x[:7]).shape == (7,)
