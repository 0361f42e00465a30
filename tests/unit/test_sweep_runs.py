"""The runs of sweeps: each trains, takes what is swept, and finds no test set."""

from __future__ import annotations

import ast
import inspect
import math
import re

import numpy as np
import pytest
import torch

from parsed_rules import rules
from problems.cs7643_ps2.p7_cifar10 import long_tail
from problems.cs7643_ps2.p7_cifar10 import recipes as cifar_recipes
from problems.csci5527_hw3.p1_optimizers import network as digit_network
from problems.dl_hw1.p4_bloodmnist import model as blood_cells
from problems.dl_hw1.p5_initialization import model as deep_mlp
from problems.eecs182_hw5.q6_cnn import designs as small_convnets
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.training import function_of
from proofsheet.learning.squeezenet import random_state
from proofsheet.planning.import_graph import imported_modules
from proofsheet.sweeps.registry import SWEEPABLE
from proofsheet.sweeps.runs import of_logits, validated
from workflow_project import ROOT

SHAPES = {
    "dry_bean": (16,), "mnist": (28, 28), "cifar10": (32, 32, 3), "bloodmnist": (28, 28, 3),
    "chest_xray": (72, 72), None: (32, 32, 3),
}  # fmt: skip
CLASSES = {"dry_bean": 7, "bloodmnist": 8, "chest_xray": 2}
# As the rules hand it over, and small.
START = {
    "device": "cpu", "grid": "small", "every": 1, "seed": 0, "epochs": 1, "images": 60,
    "measured": 40,
    "side": 64, "strategies": {"frozen": {"frozen": 9, "epochs": 1}, "truncated": {"blocks": 6}},
}  # fmt: skip
SWEPT = {
    "csci5527_hw2/p4_dry_beans_mlp": {"learning_rate": 0.1, "hidden": [8, 8], "epochs": 2},
    "csci5527_hw2/p4_dry_beans_svm": {"C": 1e-3, "gamma": 10, "features": "sixteen"},
    "csci5527_hw3/p1_optimizers_train": {
        "optimizer": "rmsprop", "implementation": "builtin", "weight_decay": 0.1, "batch": 50,
    },
    "csci5527_hw3/p4_transfer_train": {"strategy": "truncated", "epochs": 1, "learning_rate": 0.1},
    "dl_hw1/p4_bloodmnist_train": {"network": "better", "epochs": 1, "batch": 16},
    "dl_hw1/p4_bloodmnist_reference": {"muon": 0.05, "epochs": 1, "batch": 16},
    "dl_hw1/p5_initialization_run": {"method": "zero", "activation": "tanh", "hidden": [8]},
    "dl_hw1/p6_mytorch": {"init": "he", "hidden": [16], "learning_rate": 0.5},
    "cs7643_ps2/p7_cifar10_numpy": {"learning_rate": 1e-6, "batch": 25},
    "cs7643_ps2/p7_cifar10_train": {"network": "vanilla_cnn", "learning_rate": 0.05, "batch": 50},
    "cs7643_ps2/p7_cifar10_ablation": {"choice": "augmentation", "muon": 0.01, "epochs": 1},
    "cs7643_ps2/p7_cifar10_long_tail": {"loss": "focal", "factor": 5},
    "eecs182_hw5/q5_dropout_train": {"rate": 0.5, "learning_rate": 0.1},
    "eecs182_hw5/q6_cnn_given": {"network": "bn_dropout", "dropout": 0.5, "learning_rate": 0.01},
}  # fmt: skip


def part(rng, count: int, shape: tuple[int, ...], classes: int) -> Part:
    """Rows whose first half of numbers is brighter the higher the class is."""
    y = np.arange(count) % classes
    x = rng.integers(0, 100, (count, *shape))
    x[:, : shape[0] // 2] += (y * 150 // classes).reshape(-1, *[1] * len(shape))
    return Part(x.astype(np.float64 if len(shape) == 1 else np.uint8) + (len(shape) == 1), y)


def small(name: str) -> Dataset:
    """Drawn data of the shape that this run wants, without test rows."""
    entry, rng = SWEEPABLE[name], np.random.default_rng(0)
    classes, shape = CLASSES.get(entry.dataset, 10), SHAPES[entry.dataset]
    parts = [part(rng, count, shape, classes) for count in (140, 70, 70)]
    names = tuple(map(str, range(classes)))
    data = Dataset(*parts, names, (), standin=True, source={"dataset": "drawn"})
    return data.without_test()


def run(name: str, data: Dataset, parameters: dict) -> dict:
    """One run, as scripts/sweep_run.py does it."""
    train = function_of(SWEEPABLE[name].function)
    known = inspect.signature(train).parameters.keys() - {"data", "device"}
    start = START | ({"weights": random_state(0)} if SWEEPABLE[name].inputs else {})
    start = {key: value for key, value in start.items() if key in known}
    _, arrays = train(data, torch.device("cpu"), **(start | parameters))
    return validated(arrays, data.val.y)


@pytest.mark.parametrize("name", SWEEPABLE)
def test_a_run_takes_what_is_swept(name):
    data = small(name)
    entry = SWEEPABLE[name]
    for parameter, value in SWEPT[name].items():
        assert entry.parameters[parameter].allows(value), parameter
    start = run(name, data, {"seed": 3})
    swept = run(name, data, {"seed": 3, **SWEPT[name]})
    assert start != swept
    for metrics in (start, swept):
        assert 0 <= metrics["validation_accuracy"] <= 1
        assert "validation_macro_f1" in metrics
        loss = metrics.get("validation_loss", 1.0)
        assert loss is None or math.isfinite(loss)


@pytest.mark.parametrize("name", SWEEPABLE)
def test_no_parameter_is_offered_that_a_run_would_not_take(name):
    """Its name is in the module that trains, or is a field of a recipe that is filled there."""
    entry = SWEEPABLE[name]
    problem = (ROOT / entry.path).parent
    texts = [*problem.glob("*.py"), ROOT / "src/proofsheet/learning/recipes.py"]
    texts += [ROOT / "src/proofsheet/learning/transfer_strategy.py"]
    text = "\n".join(path.read_text() for path in texts)
    assert not [p for p in entry.parameters if not re.search(rf"\b{p}\b", text)]


@pytest.mark.parametrize("name", SWEEPABLE)
def test_a_run_has_a_rule_and_loads_only_what_it_needs(name):
    """What its rule is called, and whether PyTorch is among what its module imports."""
    entry = SWEEPABLE[name]
    assert entry.rule in {rule.name for rule in rules()}
    own = ROOT / entry.path
    if not entry.torch and "dry_beans" not in name:  # that module imports where it trains
        for path in (own, *imported_modules(own)):
            tree = ast.parse((ROOT / path).read_text())
            names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
            names += [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) if n.module]
            assert "torch" not in {name.split(".")[0] for name in names}, path


def test_a_loss_that_is_not_finite_is_none():
    logits = np.array([[np.nan, 0.0], [1.0, 0.0]])
    metrics = of_logits(logits, np.array([1, 0]))
    assert metrics["validation_loss"] is None
    assert metrics["validation_accuracy"] == 0.5


def test_the_loss_is_the_cross_entropy():
    metrics = of_logits(np.array([[1000.0, 0.0], [0.0, math.log(3)]]), np.array([0, 0]))
    assert metrics["validation_loss"] == pytest.approx(math.log(4) / 2)


def test_the_page_on_sweeps_names_every_run_and_parameter():
    """Whoever adds a run says so where users look."""
    rows = [line.split("|") for line in (ROOT / "docs/sweeps.md").read_text().splitlines()]
    told = {
        row[1].strip(" `"): set(re.findall(r"`(\w+)`", row[2])) for row in rows if len(row) == 5
    }
    assert {name: set(entry.parameters) for name, entry in SWEEPABLE.items()} == {
        name: parameters for name, parameters in told.items() if "/" in name
    }


def test_the_table_names_what_the_modules_have():
    """The table is read before the first job, without PyTorch, and says their names again."""
    named = {
        ("cs7643_ps2/p7_cifar10_train", "network"): cifar_recipes.PLANS,
        ("cs7643_ps2/p7_cifar10_ablation", "choice"): cifar_recipes.CHOICES,
        ("cs7643_ps2/p7_cifar10_long_tail", "loss"): long_tail.LOSSES,
        ("csci5527_hw3/p1_optimizers_train", "optimizer"): digit_network.OPTIMIZERS,
        ("csci5527_hw3/p1_optimizers_train", "implementation"): digit_network.IMPLEMENTATIONS,
        ("dl_hw1/p4_bloodmnist_train", "network"): blood_cells.RECIPES,
        ("dl_hw1/p5_initialization_run", "activation"): deep_mlp.ACTIVATIONS,
        ("eecs182_hw5/q6_cnn_given", "network"): small_convnets.GIVEN,
    }
    for (run, parameter), names in named.items():
        assert SWEEPABLE[run].parameters[parameter].words == ", ".join(names), (run, parameter)
