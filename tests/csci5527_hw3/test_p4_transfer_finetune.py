"""Training by strategies: what is frozen stays, both classes weigh alike, weights are averaged."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.optimizer import register_optimizer_step_post_hook

from problems.csci5527_hw3.p4_transfer.finetune import (
    BATCH,
    build,
    class_weights,
    classify,
    features,
    fit,
)
from problems.csci5527_hw3.p4_transfer.images import (
    LEVEL,
    SPREAD,
    augmented,
    gray,
    local_mean,
    network_input,
    resampled,
)
from proofsheet.data.dataset import Part
from proofsheet.data.splits import divide_patients
from proofsheet.jobs.errors import UserError
from proofsheet.learning.squeezenet import (
    SqueezeNet,
    random_state,
)
from proofsheet.learning.transfer_strategy import Strategy, changed, strategy_of

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def stripes() -> tuple[Part, Part]:
    """Fine stripes for the ill, none for the healthy, of three classes' worth of exposure."""
    rng = np.random.default_rng(0)

    def part(n: int) -> Part:
        y = (np.arange(n) % 4 > 0).astype(np.int64)
        x = rng.normal(100, 20, (n, 64, 64))
        x += 60 * y[:, None, None] * np.sign(np.sin(np.arange(64)))[None, :, None]
        x *= rng.uniform(0.6, 1.2, (n, 1, 1))
        return Part(np.clip(x, 0, 255).astype(np.uint8), y)

    return part(96), part(40)


def fitted(stripes, **settings):
    strategy = Strategy(**settings)
    model = build(strategy, random_state(1), 0)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = fit(
        model, strategy, *stripes, side=64, seed=0, label="test", device=CPU, mixed=False
    )  # fmt: skip
    return model, before, found


def test_it_learns_and_ends_with_the_weights_that_it_judged_last(stripes) -> None:
    model, _, found = fitted(stripes, initial="random", blocks=3, epochs=8, learning_rate=2e-3)
    z = classify(model, features(model, stripes[1], 0, 64, CPU, False), 0, CPU, False)
    y = torch.from_numpy(stripes[1].y)
    weights = torch.tensor(class_weights(stripes[0].y), dtype=torch.float32)
    loss = torch.nn.functional.cross_entropy(z, y, weight=weights).item()
    assert loss == pytest.approx(found["validation_loss"][-1], rel=1e-5)
    assert (z.argmax(1) == y).double().mean() > 0.9


def test_the_weights_of_the_last_quarter_of_the_steps_are_averaged(stripes) -> None:
    biases = []
    hook = register_optimizer_step_post_hook(
        lambda optimizer, *_: biases.append(optimizer.param_groups[0]["params"][-1].clone())
    )
    model, _, found = fitted(stripes, blocks=1, epochs=4, learning_rate=1e-2)
    hook.remove()
    assert found["steps"] == len(biases) == 24
    torch.testing.assert_close(model.head.bias, torch.stack(biases[-6:]).mean(dim=0))
    assert not torch.allclose(model.head.bias, biases[-1])


@pytest.mark.parametrize("frozen", [0, 2, 4])
def test_frozen_blocks_stay_and_the_others_move(stripes, frozen: int) -> None:
    model, before, _ = fitted(stripes, blocks=4, frozen=frozen, epochs=1, views=1)
    names = ("conv1", "fire2", "fire3", "fire4")
    for name, value in model.state_dict().items():
        still = any(name.startswith(f"features.{block}.") for block in names[:frozen])
        assert torch.equal(value, before[name]) == still, name


def test_a_training_that_diverges_leaves_no_untrained_network(stripes) -> None:
    model, _, found = fitted(stripes, initial="random", blocks=2, epochs=2, learning_rate=1e30)
    assert not np.isfinite(found["validation_loss"]).any()
    z = classify(model, features(model, stripes[1], 0, 64, CPU, False), 0, CPU, False)
    assert not torch.isfinite(z).all()


def test_the_last_batch_of_an_epoch_may_be_smaller(stripes) -> None:
    few = Part(stripes[0].x[:50], stripes[0].y[:50])  # three batches of 16 and one of 2
    _, _, found = fitted((few, stripes[1]), blocks=2, epochs=2)
    assert found["steps"] == 8


def test_frozen_maps_give_the_logits_of_the_whole_network(stripes) -> None:
    model = build(Strategy(blocks=5, frozen=3), random_state(1), 0)
    torch.nn.init.normal_(model.head.weight)
    images = stripes[1]
    through = features(model, images, 3, 64, CPU, False)
    x = network_input(gray(images.x, np.arange(len(images.y))), 64)
    with torch.no_grad():
        torch.testing.assert_close(classify(model, through, 3, CPU, False), model.eval()(x))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"blocks": 3, "frozen": 4}, r"strategies\.mine: frozen is 4, but blocks is 3"),
        ({"initial": "random", "frozen": 1}, "freezes 1 random blocks"),
        ({"frozen": 2, "sides": [96]}, "sides lets images grow, but the output of 2 frozen"),
        ({"epochs": 2, "sides": [64, 96]}, "sides has 2 numbers for 2 epochs; allowed: 1 at most"),
    ],
)
def test_a_strategy_that_cannot_be_is_told(entry: dict, told: str) -> None:
    with pytest.raises(UserError, match=told):
        strategy_of("mine", entry)


def test_images_grow_from_epoch_to_epoch_and_are_judged_whole(stripes, monkeypatch) -> None:
    seen = {"trained": [], "judged": set()}
    forward = SqueezeNet.forward

    def watched(model, x, start=0):
        seen["trained"].append(x.shape[-1]) if model.training else seen["judged"].add(x.shape[-1])
        return forward(model, x, start)

    monkeypatch.setattr(SqueezeNet, "forward", watched)
    fitted(stripes, initial="random", blocks=1, epochs=4, sides=(32, 48, 96))
    steps = 96 // BATCH
    # 96 is more than whole images have, which have 64 pixels here.
    assert seen == {"trained": [32] * steps + [48] * steps + [64] * 2 * steps, "judged": {64}}


def test_with_few_epochs_or_frozen_blocks_images_do_not_grow() -> None:
    entry = {"epochs": 8, "sides": [96, 128]}
    assert changed("mine", entry, {"learning_rate": 0.1}).sides == (96, 128)
    assert changed("mine", entry, {"epochs": 3}).sides == (96, 128)
    assert changed("mine", entry, {"epochs": 2}).sides == ()
    assert changed("mine", entry, {"frozen": 3}).sides == ()


def test_a_class_without_images_is_told() -> None:
    with pytest.raises(UserError, match=r"no training images .*\[0, 3\]"):
        class_weights(np.array([1, 1, 1]))


@given(st.integers(0, 2**31), st.integers(20, 30), st.sampled_from([32, 64, 81]))
def test_augmented_images_have_one_exposure_and_stay_upright(seed: int, n: int, side: int) -> None:
    # Bright above, brighter at the left: a mirrored image would be brighter at the right.
    row, column = np.mgrid[:64, :64] < 32
    image = np.broadcast_to(20 + 120 * row + 110 * column, (n, 64, 64)).astype(np.uint8)
    seen = augmented(gray(image, np.arange(n)), side, torch.Generator().manual_seed(seed))
    assert seen.shape == (n, 1, side, side)
    torch.testing.assert_close(seen.mean(dim=(2, 3)), torch.full((n, 1), LEVEL))
    torch.testing.assert_close(
        seen.var(dim=(2, 3), correction=0).sqrt(), torch.full((n, 1), SPREAD), rtol=1e-3, atol=1e-3
    )
    # Of a single image the exposure alone may turn the order around.
    third = side // 3
    assert seen[..., :third, :].mean() > seen[..., -third:, :].mean() + 0.1
    assert seen[..., :third].mean() > seen[..., -third:].mean() + 0.1


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=120),
    st.floats(0.05, 0.9),
    st.integers(0, 2**31),
)
def test_no_patient_is_on_two_sides(pairs, share: float, seed: int) -> None:
    patient = np.array([p + 100 * s for p, s in pairs])
    stratum = np.array([s for _, s in pairs])
    first, second = divide_patients(patient, stratum, share, seed)
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(len(pairs)))
    assert not set(patient[first]) & set(patient[second])
    patients = len(set(patient.tolist()))
    assert abs(len(set(patient[second].tolist())) - share * patients) <= 1.01


def test_images_are_sampled_where_pytorch_samples_them() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(3, 1, 30, 20, generator=generator, dtype=torch.float32)
    change = torch.eye(2, 3) + torch.randn(3, 2, 3, generator=generator) / 5
    grid = torch.nn.functional.affine_grid(change, [3, 1, 16, 16], align_corners=False)
    wanted = torch.nn.functional.grid_sample(x, grid, align_corners=False)
    torch.testing.assert_close(resampled(x, 16, change), wanted, rtol=0, atol=1e-5)


def test_the_local_mean_is_that_of_nine_pixels() -> None:
    x = torch.rand(2, 1, 7, 5, generator=torch.Generator().manual_seed(0))
    edged = torch.from_numpy(np.pad(x.numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge"))
    wanted = torch.nn.functional.avg_pool2d(edged, 3, 1)
    torch.testing.assert_close(local_mean(x), wanted)
