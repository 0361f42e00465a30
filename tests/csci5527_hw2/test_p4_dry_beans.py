"""Checks fail on wrong formulas; the scripts choose without the test rows and repeat exactly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from derivation_tests import derivation_tests
from problems.csci5527_hw2.p4_dry_beans import derivations as p4
from problems.csci5527_hw2.p4_dry_beans.classical import tune_classical
from problems.csci5527_hw2.p4_dry_beans.features import six_coordinates
from problems.csci5527_hw2.p4_dry_beans.mlp_ensemble import tune_mlp
from proofsheet.checks import checks_of
from proofsheet.data.dataset import Dataset, Part
from proofsheet.data.splits import stratified_split
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_json
from proofsheet.learning.classification import accuracy, macro_f1
from train_job import Files, perform, train_job

CHECKS = {check.id: check for check in checks_of(p4)}
SCRIPTS = Path(__file__).parents[2] / "workflow/problems/csci5527_hw2/p4_dry_beans"
NAMES = ("ROUND", "MIDDLE", "LONG")


def perimeter_without_its_root(coordinates):
    features = p4.sixteen_from_six(coordinates)
    features[:, 1] **= 2
    return features


def recall_with_precision(confusion):
    found = np.diagonal(confusion) / confusion.sum(axis=0)
    return [accuracy(confusion), macro_f1(confusion), *found]


def gradient_not_averaged(z, y):
    return len(y) * p4.softmax_minus_target(z, y)


WRONG = {
    "six_hold_sixteen": perimeter_without_its_root,
    "cross_entropy_gradient": gradient_not_averaged,
    "networks_stay_apart": lambda losses: losses.mean(),
    "read_off_confusion": recall_with_precision,
}


TestDerivations = derivation_tests(p4, WRONG)


@pytest.fixture(scope="module")
def beans() -> Dataset:
    """Sixty beans of each of three classes that differ in elongation."""
    rng = np.random.default_rng(0)
    x = p4.random_beans(rng, 180)
    y = np.digitize(six_coordinates(x)[:, 1] + 0.05 * rng.standard_normal(180), [0.35, 0.6])
    parts = (Part(x[rows], y[rows], rows) for rows in stratified_split(y, seed=0))
    facts = {"duplicates_removed": 4, "dataset": "dry_bean"}
    return Dataset(*parts, NAMES, (), standin=True, source=facts)


def classify(kind, data, folder, seed="0"):
    """One classification job; what it wrote."""
    outputs = {"metrics": folder / f"{kind}-{seed}.json", "arrays": folder / f"{kind}-{seed}.npz"}
    function = {"classical": tune_classical, "mlp": tune_mlp}[kind]
    train_job(function, data, outputs, split="seeded", seed=int(seed), grid="small")
    return read_json(outputs["metrics"]), read_arrays(outputs["arrays"])


class Fixed(Dataset):
    """A dataset whose other splits are itself: what a test has put into it stays there."""

    def resplit(self, seed: int) -> Dataset:
        return self


def fixed(data: Dataset, **changes) -> Dataset:
    return Fixed(**{**vars(data), **changes})


@pytest.mark.parametrize("kind", ["classical", "mlp"])
def test_poisoned_test_rows_change_nothing_but_the_test(beans, tmp_path, kind):
    def run(**changes):
        return classify(kind, fixed(beans, **changes), tmp_path)

    clean, arrays = run()
    poisoned, poisoned_arrays = run(test=replace(beans.test, y=(beans.test.y + 1) % 3))
    for key in ("model", "settings", "trials", "validation_accuracy"):
        assert poisoned[key] == clean[key]
    # The same classifier, to the last answer; only what these are compared with is wrong.
    np.testing.assert_array_equal(poisoned_arrays["predicted"], arrays["predicted"])
    assert poisoned["test_accuracy"] < clean["test_accuracy"]
    # Other validation rows do count.
    misled, _ = run(val=replace(beans.val, y=(beans.val.y + 1) % 3))
    assert misled["validation_accuracy"] < clean["validation_accuracy"]


@pytest.mark.slow
def test_from_jobs_to_figures(beans, tmp_path):
    seeds = ("0", "1")
    inputs = Files(source=tmp_path / "source.json")
    for kind in ("classical", "mlp"):
        for seed in seeds:
            classify(kind, beans, tmp_path, seed)
        inputs[kind] = [tmp_path / f"{kind}-{seed}.json" for seed in seeds]
        inputs[f"{kind}_arrays"] = [tmp_path / f"{kind}-{seed}.npz" for seed in seeds]
    outputs = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = tmp_path / "arrays.npz"
    perform(SCRIPTS / "solve.py", inputs, outputs, beans)

    metrics = read_json(outputs["metrics"])
    assert metrics["duplicates_removed"] == 4
    assert metrics["split"] == {"train": 108, "validation": 36, "test": 36}
    assert sum(metrics["class_counts"].values()) == metrics["rows"] == 180
    for kind in ("classical", "mlp"):
        of_seeds = [read_json(path) for path in inputs[kind]]
        assert metrics[kind]["test_accuracies"] == [run["test_accuracy"] for run in of_seeds]
        assert metrics[kind]["mean_test_accuracy"] == np.mean(metrics[kind]["test_accuracies"])
        assert metrics[kind]["test_accuracy"] == of_seeds[0]["test_accuracy"]
        interval = metrics[kind]["test_interval"]
        assert interval["low"] <= metrics[kind]["test_accuracy"] <= interval["high"]
        scores = [trial["validation_accuracy"] for trial in of_seeds[0]["trials"]]
        assert metrics[kind]["tuning_spread"] == max(scores) - min(scores)
    assert {check["id"] for check in read_json(outputs["checks"])} == set(CHECKS)

    drawn = ("data", "curves", "confusion")
    tables = ("tuning_classical", "tuning_mlp", "splits")
    files = {name: tmp_path / f"{name}.svg" for name in drawn}
    files |= {name: tmp_path / f"{name}.md" for name in tables}
    write_json(inputs["source"], {"standin": True})
    inputs = {
        "source": inputs["source"],
        "metrics": outputs["metrics"],
        "arrays": outputs["arrays"],
        "classical": tmp_path / "classical-0.json",
        "mlp": tmp_path / "mlp-0.json",
    }
    perform(SCRIPTS / "figures.py", inputs, files, beans)
    assert all(path.stat().st_size > 0 for path in files.values())
    rows = files["splits"].read_text().splitlines()
    assert len(rows) == 2 + len(seeds)
    assert rows[2].count("†") == 6
