"""The split: everything once, in proportion, by the seed alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from proofsheet.data.splits import FRACTIONS, first_occurrences, stratified_split

labels = hnp.arrays(np.int64, st.integers(1, 300), elements=st.integers(0, 6))
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(y=labels, seed=seeds)
def test_every_index_is_in_one_part(y, seed):
    together = np.concatenate(stratified_split(y, FRACTIONS, seed))
    assert sorted(together.tolist()) == list(range(len(y)))


@settings(max_examples=60, deadline=None)
@given(y=labels, seed=seeds, first=st.floats(0.05, 0.9), second=st.floats(0.05, 0.95))
def test_parts_and_classes_have_their_shares(y, seed, first, second):
    fractions = (first, (1 - first) * second, (1 - first) * (1 - second))
    for fraction, part in zip(fractions, stratified_split(y, fractions, seed), strict=True):
        assert abs(len(part) - fraction * len(y)) <= 1.01
        for label in np.unique(y):
            assert abs(np.sum(y[part] == label) - fraction * np.sum(y == label)) < 2.01


def test_another_seed_gives_another_split():
    y = np.repeat([0, 1, 2], 100)
    assert set(stratified_split(y, FRACTIONS, 0)[2]) != set(stratified_split(y, FRACTIONS, 1)[2])


def test_within_a_class_every_row_is_as_likely_to_be_tested():
    y = np.repeat([0, 1, 2], [10, 40, 50])
    times = np.zeros(len(y))
    for seed in range(2000):
        times[stratified_split(y, FRACTIONS, seed)[2]] += 1
    assert np.abs(times / 2000 - 0.2).max() < 5 * np.sqrt(0.2 * 0.8 / 2000)  # five sigmas


@pytest.mark.parametrize("fractions", [(), (0.5, 0.4), (1.2, -0.2), (0.5, 0.5, 0.0)])
def test_fractions_that_are_none_are_refused(fractions):
    with pytest.raises(ValueError, match="add up to 1"):
        stratified_split(np.zeros(10, int), fractions, 0)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.just(2)), elements=st.integers(0, 2)))
def test_of_equal_rows_the_first_stays(x):
    kept = first_occurrences(x)
    rows = [tuple(row) for row in x]
    assert kept.tolist() == [i for i, row in enumerate(rows) if row not in rows[:i]]


def test_duplicates_are_found_among_images_too():
    x = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 3), dtype=np.uint8)
    x[7] = x[2]
    assert first_occurrences(x[:, ::-1]).tolist() == [0, 1, 2, 3, 4, 5, 6, 8, 9]
