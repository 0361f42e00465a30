"""Checks fail on wrong formulas; the script runs on drawn cells."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.dl_hw1.p4_bloodmnist import derivations as p4
from problems.dl_hw1.p4_bloodmnist import model as blood_cells
from problems.dl_hw1.p4_bloodmnist import reference
from problems.dl_hw1.p4_bloodmnist.model import FEATURES
from problems.dl_hw1.p4_bloodmnist.train import train
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.atomic_files import read_json
from proofsheet.learning.classification import recall
from train_job import perform, train_job

SCRIPTS = Path(__file__).parents[2] / "workflow/problems/dl_hw1/p4_bloodmnist"
NAMES = (
    "Basophil", "Eosinophil", "Erythroblast", "Immature Granulocyte (IG)",
    "Lymphocyte", "Monocyte", "Neutrophil", "Platelet",
)  # fmt: skip


WRONG = {
    "read_off_confusion": lambda confusion: p4.precision_recall_f1(confusion.T),
    "errors_that_confidence_allows": lambda c: ((1 - c).sum(), (1 - c).sum()),
}


TestDerivations = derivation_tests(p4, WRONG)


def drawn_cells() -> Dataset:
    """Disks whose size and color say which of eight types they are, with some noise."""
    rng = np.random.default_rng(0)
    row, column = np.mgrid[:28, :28] - 13.5

    def part(per_class: int) -> Part:
        y = rng.permutation(np.repeat(np.arange(8), per_class))
        x = np.full((len(y), 28, 28, 3), 225.0)
        inside = row**2 + column**2 < (4 + y[:, None, None]) ** 2
        x[inside] = 60
        x[..., 0] -= 12 * (y % 4)[:, None, None]
        x += rng.normal(0, 12, x.shape)
        return Part(np.clip(x, 0, 255).astype(np.uint8), y.astype(np.int64))

    facts = {"dataset": "bloodmnist", "official": False}
    return Dataset(part(30), part(10), part(12), NAMES, (), standin=True, source=facts)


def test_every_turned_image_is_one_of_eight():
    x = torch.arange(18.0).view(1, 2, 3, 3).expand(64, -1, -1, -1)
    ways = torch.stack(blood_cells.all_turned(x[:1]))[:, 0]
    found = blood_cells.turned(x, torch.Generator().manual_seed(0))
    equal = (found[:, None] == ways[None]).flatten(2).all(dim=2)
    assert (equal.sum(dim=1) == 1).all()
    assert equal.any(dim=0).all()


@pytest.mark.slow
def test_metrics_have_what_is_asked_for(tmp_path):
    cells, inputs = drawn_cells(), {"source": tmp_path / "source.json"}
    trainings = {"mlp": train, "better": partial(train, network="better"), "cnn": reference.train}
    for kind, function in trainings.items():
        files = {"metrics": tmp_path / f"{kind}.json", "arrays": tmp_path / f"{kind}.npz"}
        train_job(function, cells, files, epochs=2, every=3)
        inputs |= {kind: [files["metrics"]], f"{kind}_arrays": [files["arrays"]]}
    outputs = {name: tmp_path / f"all-{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = tmp_path / "all.npz"
    perform(SCRIPTS / "solve.py", inputs, outputs, cells, seed=0)
    metrics = read_json(outputs["metrics"])
    confusion = np.array(metrics["confusion_matrix"])
    assert metrics["counts"]["train"] == 240
    assert metrics["counts"]["test"] == confusion.sum() == 96
    assert metrics["test_accuracy"] == np.trace(confusion) / 96
    per_class = metrics["mlp"]["per_class"]
    assert "immature_granulocyte_ig" in per_class
    recalls, precisions = (
        [c[what] for c in per_class.values()] for what in ("recall", "precision")
    )
    np.testing.assert_allclose(recalls, recall(confusion))
    np.testing.assert_allclose(precisions, recall(confusion.T))
    hardest = metrics["lowest_recall"]
    assert hardest["recall"] == min(recalls)
    assert hardest["examples_differences"].keys() == hardest["differences"].keys() == set(FEATURES)
    top = metrics["most_confused"][0]
    assert top["count"] == np.max(confusion - np.diag(np.diag(confusion)))
    assert confusion[NAMES.index(top["true"]), NAMES.index(top["predicted"])] == top["count"]
    assert metrics["better"]["seeds"]["mean"] == metrics["better"]["test_accuracy"]
    assert metrics["official"] is False
    quadrants = metrics["quadrants"]
    corners = [name for name in quadrants if name.endswith("correct")]
    assert len(corners) == 4
    assert sum(quadrants[name]["count"] for name in [*corners, "between"]) == 96
    for name in corners:
        assert len(quadrants[name]["examples"]) == min(2, quadrants[name]["count"])
