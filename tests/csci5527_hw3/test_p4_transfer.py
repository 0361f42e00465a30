"""Checks fail on wrong formulas; the scripts run on drawn radiographs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from derivation_tests import derivation_tests
from problems.csci5527_hw3.p4_transfer import derivations as p4
from problems.csci5527_hw3.p4_transfer.gradcam import evidence
from problems.csci5527_hw3.p4_transfer.images import standardized
from problems.csci5527_hw3.p4_transfer.pretrain import pretrain
from problems.csci5527_hw3.p4_transfer.train import train, train_best
from proofsheet.data import chest_xray, dataset
from proofsheet.data.dataset import Dataset, Part
from proofsheet.data.prepare import prepare
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_arrays
from proofsheet.jobs.errors import UserError
from proofsheet.learning.squeezenet import (
    SqueezeNet,
    gray_state,
    load_blocks,
    published_shapes,
    random_state,
)
from train_job import perform, train_job

SCRIPTS = Path(__file__).parents[2] / "workflow/problems/csci5527_hw3/p4_transfer"
STRATEGIES = {
    "frozen": {"initial": "pretrained", "blocks": 9, "frozen": 9, "epochs": 2},
    "truncated": {"initial": "pretrained", "blocks": 3, "frozen": 0, "epochs": 1},
    "scratch": {"initial": "random", "blocks": 2, "frozen": 0, "epochs": 1},
}


WRONG = {
    "weights_make_classes_equal": lambda losses, y: losses.mean(),
    "weights_shift_the_score": lambda p, w: p / (1 - p),
    "weighted_score_is_for_even_shares": lambda p, share: p / (1 - p),
    "gray_needs_one_channel": lambda weight, bias: (p4.gray_stem(weight, bias)[0], bias),
    "exposure_cancels": lambda p: p - p.mean(),
    "grad_cam_sums_the_maps": lambda maps, head: maps.mean(axis=0),
}

TestDerivations = derivation_tests(p4, WRONG)


def test_images_are_standardized_by_the_formula():
    x = torch.rand(3, 1, 5, 6, dtype=torch.float64)
    expected = [p4.same_mean_and_deviation(image) for image in x.numpy()]
    np.testing.assert_allclose(standardized(x), expected, rtol=1e-12)


def test_the_evidence_is_that_of_the_formula():
    model = SqueezeNet(blocks=3).double()
    load_blocks(model, random_state(0))
    x = torch.rand(2, 1, 40, 40, dtype=torch.float64)
    maps, head = model.run(x).detach().numpy(), model.head.weight.detach().numpy()
    expected = [p4.weighted_last_maps(each, head) for each in maps]
    np.testing.assert_allclose(evidence(model, x), expected, rtol=1e-9, atol=1e-12)


@pytest.fixture(scope="module")
def radiographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few drawn radiographs, prepared, and random weights in place of pretrained ones."""
    folder = tmp_path_factory.mktemp("radiographs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chest_xray, "STANDIN_IMAGES", {"train": 120, "test": 24})
        prepare("chest_xray", "standin", "", 0, folder)
    write_arrays(folder / "pretrained.npz", **random_state(1))
    (folder / "pretrained.json").write_text('{"origin": "nowhere", "pretrained_here": true}')
    return folder


def trained(radiographs: Path, folder: Path, names=tuple(STRATEGIES)) -> dict[str, list]:
    files: dict[str, list] = {"runs": [], "runs_arrays": []}
    for name in names:
        outputs = {"metrics": folder / f"{name}.json", "arrays": folder / f"{name}.npz"}
        train_job(
            train, dataset.load(radiographs), outputs, strategy=name, strategies=STRATEGIES,
            weights=read_arrays(radiographs / "pretrained.npz"), side=64,
        )  # fmt: skip
        files["runs"].append(outputs["metrics"])
        files["runs_arrays"].append(outputs["arrays"])
    return files


@pytest.fixture
def pretrained(tmp_path: Path):
    """Run the job that provides the weights, with these published ones; its weights and origin."""
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28)).astype(np.uint8)
    part = Part(images, np.arange(40) % 10)

    def run(published: dict[str, np.ndarray], *, standin: bool):
        names = tuple("0123456789")
        digits = Dataset(part, part, part, names, (), standin=standin, source={"title": "MNIST"})
        outputs = {"arrays": tmp_path / "out.npz", "metrics": tmp_path / "out.json"}
        train_job(pretrain, digits, outputs, weights=published, seed=0, images=None, epochs=1)
        origin = read_json(outputs["metrics"])
        assert origin.pop("device") == "cpu"
        return read_arrays(outputs["arrays"]), origin

    return run


def test_published_weights_are_taken_as_they_are(pretrained) -> None:
    rng = np.random.default_rng(0)
    published = {
        name: rng.normal(size=shape).astype(np.float32)
        for name, shape in published_shapes().items()
    }
    weights, origin = pretrained(published, standin=False)
    assert origin == {"origin": "ImageNet", "pretrained_here": False}
    for name, values in gray_state(published).items():
        np.testing.assert_array_equal(weights[name], values)


@pytest.mark.parametrize("standin", [True, False])
def test_without_published_weights_digits_train_the_network_and_are_named(
    pretrained, standin: bool
) -> None:
    weights, origin = pretrained({}, standin=standin)
    begun = random_state(0)
    assert weights.keys() == begun.keys()
    assert all(np.abs(values - begun[name]).max() > 0 for name, values in weights.items())
    assert origin["pretrained_here"]
    assert "MNIST" in origin["origin"]
    assert ("stand-ins" in origin["origin"]) == standin
    assert 0 <= origin["validation_accuracy"] <= 1


@pytest.mark.slow
def test_scripts_from_images_to_figures(radiographs: Path, tmp_path: Path) -> None:
    runs = trained(radiographs, tmp_path)
    again = {"metrics": tmp_path / "again.json", "arrays": tmp_path / "again.npz"}
    train_job(
        train_best, dataset.load(radiographs), again, runs=[*map(read_json, runs["runs"])], seed=1,
        strategies=STRATEGIES, weights=read_arrays(radiographs / "pretrained.npz"), side=64,
    )  # fmt: skip
    inputs = {"source": radiographs / "source.json", "pretrained": radiographs / "pretrained.json"}
    inputs["best_arrays"] = [again["arrays"]]
    outputs = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    outputs["arrays"] = tmp_path / "arrays.npz"
    settings = {"seed": 0, "side": 64, "strategies": list(STRATEGIES)}
    perform(SCRIPTS / "solve.py", inputs | runs, outputs, **settings)
    metrics = read_json(outputs["metrics"])
    assert metrics["best"] in STRATEGIES
    for name in STRATEGIES:
        interval = metrics[name]["intervals"]["accuracy"]
        assert 0 <= interval["low"] <= metrics[name]["test_accuracy"] <= interval["high"] <= 1
    accuracies = {name: metrics[name]["validation_accuracy"] for name in STRATEGIES}
    assert accuracies[metrics["best"]] == max(accuracies.values())
    assert metrics["patients_in_train_and_val"] == 0
    assert read_json(again["metrics"])["strategy"] == metrics["best"]
    each = metrics["over_seeds"]["each"]["test_accuracy"]
    assert len(each) == metrics["over_seeds"]["count"] == 2
    assert each[0] == metrics["best_strategy"]["test_accuracy"]
    assert metrics["over_seeds"]["test_accuracy"] == pytest.approx(np.mean(each))

    drawn = ("images", "losses", "regions")
    tables = ("split", "strategies", "results")
    figures = {name: tmp_path / f"{name}.svg" for name in drawn}
    figures |= {name: tmp_path / f"{name}.md" for name in tables}
    perform(
        SCRIPTS / "figures.py",
        {
            "source": radiographs / "source.json", "train": radiographs / "train.npz",
            "metrics": outputs["metrics"], "arrays": outputs["arrays"],
        },
        figures,
    )  # fmt: skip
    assert all(figures[name].read_text().startswith("<?xml") for name in drawn)
    assert all("†" in figures[name].read_text() for name in ("split", "results"))


def test_a_training_that_diverges_is_told(radiographs: Path) -> None:
    with pytest.raises(UserError, match=r"strategies\.scratch: the loss .* 1e\+30 is too large"):
        train(
            dataset.load(radiographs), torch.device("cpu"), strategy="scratch", side=64,
            strategies={"scratch": STRATEGIES["scratch"] | {"learning_rate": 1e30}},
            weights=read_arrays(radiographs / "pretrained.npz"),
        )  # fmt: skip


def test_a_run_repeats_exactly_and_keeps_what_is_frozen(radiographs: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        trained(radiographs, folder, ("frozen",))
    arrays = read_arrays(first / "frozen.npz")
    for name, values in read_arrays(second / "frozen.npz").items():
        np.testing.assert_array_equal(values, arrays[name])
    known = random_state(1)
    for name, values in known.items():
        np.testing.assert_array_equal(arrays[f"state.{name}"], values)
    assert np.abs(arrays["state.head.weight"]).max() > 0
    assert read_json(first / "frozen.json")["trained_parameters"] == 2 * 512 + 2
