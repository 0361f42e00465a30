"""What the workflow has made, for a notebook that also runs without it."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np

RESULTS = Path(os.environ.get("PROOFSHEET_RESULTS", "../.."))
"""Where the results are, seen from results/notebooks/<set>/."""


def prepared(dataset):
    """The rows of a data set, divided as in the report, or None where the workflow has not run.

    It has `train`, `val` and `test`, each with `x` and `y`, `class_names`, and in `source` the
    whole of its source.json.
    """
    folder = RESULTS / "data" / dataset
    if not (folder / "source.json").is_file():
        return None
    source = json.loads((folder / "source.json").read_text())
    if source["standin"]:
        print(f"NOT THE REAL DATA: {dataset} is a stand-in.")
    print(f"{dataset}: the rows of the report, from {source['source']}.")
    return divided(
        {part: dict(np.load(folder / f"{part}.npz")) for part in ("train", "val", "test")},
        source["class_names"], source=source,
    )  # fmt: skip


def divided(parts, class_names, **more):
    """A data set from the arrays of its parts."""
    return SimpleNamespace(
        **{name: SimpleNamespace(**arrays) for name, arrays in parts.items()},
        class_names=tuple(class_names), **more,
    )  # fmt: skip


def published(data):
    """The publisher's training rows to train, its test rows to watch and to test.

    As `Dataset.divided("published")`: in the publisher's order where `index` tells it, else the
    training part comes first.
    """
    both = (vars(data.train), vars(data.val))
    joined = {name: np.concatenate([part[name] for part in both]) for name in ("x", "y")}
    if "index" in both[0]:
        order = np.argsort(np.concatenate([part["index"] for part in both]))
        joined = {name: rows[order] for name, rows in joined.items()}
    test = vars(data.test)
    return divided({"train": joined, "val": test, "test": test}, data.class_names)


def saved(run, made="trained"):
    """Metrics and arrays of one of the workflow's trainings, or None.

    Args:
        run: such as `dl_hw1/p4_bloodmnist/runs/mlp-0`.
        made: what is printed of it; `loaded` for weights that are only read.
    """
    path = RESULTS / f"{run}.json"
    if not path.is_file():
        print(f"{run}: no result of the workflow here, so it is {made} now.")
        return None
    metrics = json.loads(path.read_text())
    took = f" {metrics['seconds']:.0f} s" if "seconds" in metrics else ""
    place = metrics.get("device", "cpu")  # a training with NumPy has no device
    print(f"{run}: read from the workflow's result ({made}{took} on {place}).")
    arrays = path.with_suffix(".npz")
    return metrics, dict(np.load(arrays)) if arrays.is_file() else {}


def solved(problem):
    """Arrays of a problem that the workflow has solved, such as `dl_hw1/p3_adam`, or None."""
    path = RESULTS / problem / "arrays.npz"
    if not path.is_file():
        print(f"{problem}: no result of the workflow here, so it is computed now.")
        return None
    print(f"{problem}: read from the workflow's result.")
    return dict(np.load(path))


def drawn(shape, classes, why, sizes=(1200, 1000, 300), seed=0):
    """Noise around one pattern for each class, where no data can be had: it says so."""
    why = textwrap.shorten(why, 120, placeholder=" ...")
    print(f"NOT THE REAL DATA: {why}, so noise stands in for it.")
    rng = np.random.default_rng(seed)
    patterns = rng.uniform(60, 195, (classes, *shape))
    parts = {}
    for name, count in zip(("train", "val", "test"), sizes, strict=True):
        y = rng.permutation(np.arange(count) % classes)
        x = patterns[y] + rng.normal(0, 40, (count, *shape))
        parts[name] = {"x": x.clip(0, 255).astype(np.uint8), "y": y}
    return divided(parts, [f"class {k}" for k in range(classes)])
