"""The training loop against one written out, step by step."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from proofsheet.learning.loop import fit, logits_of, parameter_count, perceptron, share_right
from proofsheet.learning.recipes import AdamRecipe


def problem(n: int = 50) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(n, 2, 3, generator=generator)
    return x, (x.flatten(1).sum(1) > 0).long()


def network(seed: int = 0) -> torch.nn.Module:
    torch.manual_seed(seed)
    return perceptron((6, 5, 2))


def test_same_steps_as_written_out():
    x, y = problem()
    model, twin = network(), network()
    curves = fit(model, (x, y), (x[:9], y[:9]), AdamRecipe(2, 16, 1e-2), seed=7, label="test")
    orders = torch.Generator().manual_seed(7)
    optimizer = torch.optim.Adam(twin.parameters(), lr=1e-2)
    for epoch in range(2):
        total = right = 0.0
        for picked in torch.randperm(50, generator=orders).split(16):
            logits = twin(x[picked])
            loss = functional.cross_entropy(logits, y[picked])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(picked)
            right += (logits.argmax(1) == y[picked]).sum().item()
        assert curves["loss"][epoch] == pytest.approx(total / 50, rel=1e-5)
        assert curves["accuracy"][epoch] == right / 50
        logits = twin(x[:9])
        expected = functional.cross_entropy(logits, y[:9]).item()
        assert curves["validation_loss"][epoch] == pytest.approx(expected, rel=1e-4)
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_two_runs_are_equal_and_another_seed_is_not():
    x, y = problem()
    runs = [
        fit(network(), (x, y), (x, y), AdamRecipe(2, 16), seed=seed, label="test")["loss"]
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_validation_rows_decide_nothing():
    x, y = problem()
    losses = []
    for watched in (y, 1 - y):
        curves = fit(network(), (x, y), (x, watched), AdamRecipe(2, 16), seed=0, label="test")
        losses.append(curves["loss"])
    np.testing.assert_array_equal(*losses)


def test_augmentation_changes_batches_of_training_only():
    x, y = problem()
    seen = []

    def augment(batch, generator):
        seen.append(len(batch))
        return torch.zeros_like(batch)

    model = network()
    fit(model, (x, y), (x, y), AdamRecipe(1, 16), seed=0, label="test", augment=augment)
    assert seen == [16, 16, 16, 2]
    # From zeros nothing reaches the first weights.
    torch.testing.assert_close(next(model.parameters()), next(network().parameters()))


def test_cosine_ends_near_zero_and_other_decays_are_refused():
    x, y = problem()
    fit(network(), (x, y), (x, y), AdamRecipe(1, 16, decay="cosine"), seed=0, label="test")
    with pytest.raises(ValueError, match="neither none nor cosine"):
        fit(network(), (x, y), (x, y), AdamRecipe(1, decay="linear"), seed=0, label="test")


def test_mixed_precision_ends_nearby():
    x, y = problem()
    ends = []
    for mixed in (False, True):
        model = network()
        curves = fit(model, (x, y), (x, y), AdamRecipe(3, 16), seed=0, label="test", mixed=mixed)
        assert all(p.dtype == torch.float32 for p in model.parameters())
        ends.append(curves["loss"])
    assert (ends[0] != ends[1]).any()
    np.testing.assert_allclose(*ends, rtol=0.02)


def test_evaluation_in_parts_is_evaluation():
    x, _ = problem()
    model = network()
    torch.testing.assert_close(logits_of(model, x, batch=7), model(x).detach())
    assert not model.training


def test_perceptron_has_relus_between_its_layers_only():
    kinds = [type(layer).__name__ for layer in perceptron((6, 5, 4, 2))]
    assert kinds == ["Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert parameter_count(perceptron((2352, 256, 128, 8))) == 636_296


def test_small_numbers_are_themselves_again_after_a_training():
    x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
    fit(torch.nn.Linear(4, 3), (x, y), (x, y), AdamRecipe(1, 16), seed=0, label="test")
    assert torch.tensor(1e-40) / 2 > 0


def test_the_share_that_is_right():
    logits = torch.tensor([[1.0, 0], [0, 1], [3, 2], [0, 2]])
    assert share_right(logits, torch.tensor([0, 1, 1, 1])) == 0.75
    assert np.isnan(share_right(logits[:0], torch.tensor([], dtype=torch.int64)))
