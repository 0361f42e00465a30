"""Recipes, and trainings on images by them, against PyTorch's own."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from proofsheet.learning.augmentation import Growing, as_input
from proofsheet.learning.cifar_plan import Plan
from proofsheet.learning.loop import fit as fit_loop
from proofsheet.learning.recipes import SgdRecipe, changed
from proofsheet.learning.small_image_nets import BalancedNet, Standardize


@pytest.fixture(scope="module")
def images() -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes: bright above, or bright below."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(60) % 2
    x = torch.randint(0, 80, (60, 8, 8, 3), generator=generator, dtype=torch.uint8)
    x[y == 0, :4] += 120
    x[y == 1, 4:] += 120
    return x, y


def fit(model, images, recipe, **options):
    view, loss = Growing(recipe.sides), options.pop("loss", recipe.loss)
    return fit_loop(model, images, images, recipe, view=view, loss=loss, **options)


def linear(images) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(Standardize(images[0].numpy()), nn.Flatten(), nn.Linear(192, 2))


def test_steps_fall_by_ten_at_the_milestones():
    share = SgdRecipe(10, milestones=(6, 8)).schedule(50)
    assert [share(step) for step in (0, 29, 30, 39, 40, 49)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01, 0.01]
    )


@given(st.integers(1, 20), st.integers(1, 50), st.floats(0, 1))
def test_the_line_rises_and_falls_within_0_and_1(epochs, per_epoch, rise):
    steps = epochs * per_epoch
    share = SgdRecipe(epochs, rise=rise).schedule(steps)
    shares = [share(step) for step in range(steps)]
    assert all(0 < share <= 1 for share in shares)
    top = int(np.argmax(shares))
    assert all(np.diff(shares[: top + 1]) >= 0)
    assert all(np.diff(shares[top:]) <= 0)


def test_the_line_ends_at_zero():
    assert SgdRecipe(2, rise=0.2).schedule(100)(100) == 0


def test_muon_takes_the_matrices_and_sgd_the_rest():
    model = BalancedNet(np.zeros((1, 32, 32, 3), np.uint8), widths=(4, 4, 4))
    muon, sgd = SgdRecipe(1, muon=0.1).optimizers(model)
    assert isinstance(muon, torch.optim.Muon)
    taken = [id(p) for each in (muon, sgd) for g in each.param_groups for p in g["params"]]
    assert sorted(taken) == sorted(id(p) for p in model.parameters())
    assert all(p.ndim == 2 for g in muon.param_groups for p in g["params"])
    assert len(SgdRecipe(1).optimizers(model)) == 1


def test_one_epoch_is_pytorch_s_sgd_on_the_same_batches(images):
    x, y = images
    recipe = SgdRecipe(1, batch=20, learning_rate=0.05, weight_decay=0.01, smoothing=0.1)
    model = linear(images)
    curves = fit(model, images, recipe, seed=3, label="linear")

    reference = linear(images)
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.05, momentum=0.9, weight_decay=0.01)
    losses = []
    for picked in torch.randperm(60, generator=torch.Generator().manual_seed(3)).split(20):
        loss = nn.functional.cross_entropy(
            reference(as_input(x[picked])), y[picked], label_smoothing=0.1
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    for a, b in zip(model.parameters(), reference.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    assert curves["loss"][0] == pytest.approx(np.mean(losses), rel=1e-4)


def test_it_learns_with_a_loss_of_one_s_own(images):
    calls = []

    def loss(logits, classes):
        calls.append(len(classes))
        return nn.functional.cross_entropy(logits, classes)

    recipe = SgdRecipe(5, batch=25, learning_rate=0.02)
    curves = fit(linear(images), images, recipe, seed=0, label="own loss", loss=loss)
    assert curves["validation_accuracy"][-1] == 1
    assert calls == [25, 25, 10] * 5


def test_both_ways_is_the_mean_of_an_image_and_its_mirror_image(images):
    model, x = linear(images), images[0]
    plan = Plan(linear, SgdRecipe(1), both_ways=True)
    one, other = (plan.one_view(model, each) for each in (x, x.flip(2)))
    assert not torch.allclose(one, other, atol=1e-2)
    assert torch.equal(plan.logits(model, x), (one + other) / 2)
    assert torch.equal(plan.logits(model, x, one_view=other), other)
    assert torch.equal(replace(plan, both_ways=False).logits(model, x), one)


def test_images_grow_as_the_recipe_says(images):
    torch.manual_seed(0)
    model = nn.Sequential(
        Standardize(images[0].numpy()), nn.Conv2d(3, 4, 3), nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        nn.Linear(4, 2),
    )  # fmt: skip
    sides = {True: [], False: []}
    model.register_forward_pre_hook(lambda module, x: sides[module.training].append(x[0].shape[-1]))
    recipe = SgdRecipe(4, batch=30, learning_rate=0.05, sides=(4, 6))
    fit(model, images, recipe, seed=0, label="test")
    # Two batches in each epoch, then the validation images, of the same size.
    assert sides[True] == [4, 4, 6, 6, 8, 8, 8, 8]
    assert sides[False] == [4, 6, 8, 8]


def test_a_recipe_is_changed_where_it_is_told():
    recipe = SgdRecipe(4, batch=30, sides=(4, 6))
    assert changed(recipe, batch=None, momentum=0.5) == SgdRecipe(4, 30, momentum=0.5, sides=(4, 6))
    # Else no image would ever be seen whole.
    assert changed(recipe, epochs=2).sides == ()
    assert changed(recipe, epochs=3).sides == (4, 6)
