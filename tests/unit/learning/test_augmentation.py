"""Images are moved, mirrored and hidden, each by itself, and nothing is invented."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from proofsheet.learning.augmentation import Augmentation, as_input, mirrored, reflected, smaller


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randint(0, 256, (40, 12, 9, 3), dtype=torch.uint8)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(st.integers(2, 40), st.data())
def test_reflection_is_that_of_numpy(size, data):
    reach = data.draw(st.integers(0, size - 1))
    index = reflected(torch.arange(-reach, size + reach), size)
    assert index.tolist() == np.pad(np.arange(size), reach, mode="reflect").tolist()


def test_without_any_change_nothing_changes(images):
    assert torch.equal(Augmentation(mirror=False, reach=0)(images, generator()), images)


def test_mirrored_or_not(images):
    changed = Augmentation(mirror=True, reach=0)(images, generator())
    turned = [torch.equal(a, mirrored(b)) for a, b in zip(changed, images, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(changed, images, strict=True)]
    assert all(a != b for a, b in zip(turned, kept, strict=True))
    assert 5 < sum(turned) < 35


def test_every_image_is_a_window_of_its_reflected_self(images):
    reach = 2
    changed = Augmentation(mirror=False, reach=reach)(images, generator())
    offsets = set()
    for before, after in zip(images.numpy(), changed.numpy(), strict=True):
        padded = np.pad(before, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
        places = [
            (i, j)
            for i in range(2 * reach + 1)
            for j in range(2 * reach + 1)
            if np.array_equal(padded[i : i + 12, j : j + 9], after)
        ]
        assert places
        offsets |= set(places)
    assert len(offsets) > 10  # each image has its own


def test_chance_comes_from_the_generator_alone(images):
    change = Augmentation(mirror=True, reach=3)
    assert torch.equal(change(images, generator(5)), change(images, generator(5)))
    assert not torch.equal(change(images, generator(5)), change(images, generator(6)))


def test_half_the_side_is_a_weighted_mean_around_each_square(images):
    found = smaller(as_input(images[:, :8, :8]), 4)
    # A triangle of four pixels along each axis, cut off and made a mean again at the ends.
    weights = np.zeros((4, 8))
    for k in range(4):
        for i in range(8):
            weights[k, i] = max(0.0, 1 - abs((i + 0.5) / 2 - (k + 0.5)))
    weights /= weights.sum(axis=1, keepdims=True)
    x = images[:, :8, :8].numpy().astype(float)
    expected = np.einsum("ki,lj,bijc->bckl", weights, weights, x)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5)
    assert found.dtype == torch.float32
