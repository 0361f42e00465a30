"""A prepared dataset, read back."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from proofsheet.data.splits import FRACTIONS, stratified_split
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.jobs.node_cache import near

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Part:
    """One side of the split: `x` (n, …), `y` (n,) int64 in 0 … classes − 1.

    `row` (n,) is the place of each row in the source; datasets with a publisher's split have none.
    `index` (n,) is the place of each row among the publisher's training rows (train and val) or
    its test rows (test); only datasets whose validation rows the project draws may have one.
    """

    x: np.ndarray
    y: np.ndarray
    row: np.ndarray | None = None
    index: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Dataset:
    """Three parts, what their numbers mean, and where they come from."""

    train: Part
    val: Part
    test: Part
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    standin: bool
    source: dict[str, Any]
    """The whole of `source.json`."""

    def divided(self, how: str, seed: int = 0) -> Dataset:
        """The same rows, divided as a problem wants them.

        Args:
            how: `prepared`: as they are. `published`: the publisher's training rows to train; its
                test rows to watch and to test. `halves`: as `published`, but the test rows at
                even places are for validation and those at odd places for the test. `seeded`: as
                `prepare` would have divided them with `seed`.

        Raises:
            ValueError: another word, or a split by seed of data whose publisher has split them.
        """
        if how == "prepared":
            return self
        if how == "published":
            return replace(self, train=self.published_train(), val=self.test)
        if how == "halves":
            even, odd = (Part(self.test.x[k::2], self.test.y[k::2]) for k in (0, 1))
            return replace(self, train=self.published_train(), val=even, test=odd)
        if how == "seeded":
            return self.resplit(seed)
        raise ValueError(f"data cannot be divided as {how!r}")

    def without_test(self) -> Dataset:
        """The same data with an empty test part: nothing can look at it."""
        return replace(self, test=Part(self.test.x[:0], self.test.y[:0]))

    def published_train(self) -> Part:
        """The publisher's training rows: train and val together.

        They are in the publisher's order where `index` tells it, else train comes first.
        """
        train, val = self.train, self.val
        x, y = np.concatenate([train.x, val.x]), np.concatenate([train.y, val.y])
        if train.index is None or val.index is None:
            return Part(x, y)
        place = np.concatenate([train.index, val.index])
        order = np.argsort(place)
        return Part(x[order], y[order], index=place[order])

    def resplit(self, seed: int) -> Dataset:
        """The same rows divided by another seed, as `prepare` would have divided them with it.

        For a dataset whose split is drawn by the project; a publisher's own split has no seed.
        """
        together = [self.train, self.val, self.test]
        if any(part.row is None for part in together):
            raise ValueError(f"{self.source['dataset']} has a fixed split, so no seed divides it")
        order = np.argsort(np.concatenate([part.row for part in together]))
        x, y, row = (
            np.concatenate([getattr(part, name) for part in together])[order]
            for name in ("x", "y", "row")
        )
        picked = stratified_split(y, FRACTIONS, seed)
        train, val, test = (Part(x[index], y[index], row[index]) for index in picked)
        return replace(self, train=train, val=val, test=test)


def load(folder: str | Path) -> Dataset:
    """Read `train`, `val`, `test` and `source.json` of `results/data/<dataset>/`.

    Raises:
        UserError: a file is missing or cannot be read; it is named. (One that was changed after it
            was prepared stops the run before its first job: `planning.tampering`.)
    """
    folder = Path(folder)
    source = read_json(folder / "source.json")
    return Dataset(
        **{name: _read(folder / f"{name}.npz") for name in PARTS},
        class_names=tuple(source["class_names"]),
        feature_names=tuple(source["feature_names"]),
        standin=bool(source["standin"]),
        source=source,
    )


def _read(path: Path) -> Part:
    arrays = read_arrays(near(path, os.environ.get("PROOFSHEET_SCRATCH", "")))
    return Part(arrays["x"], arrays["y"], arrays.get("row"), arrays.get("index"))
