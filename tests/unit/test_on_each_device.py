"""The trainings on the CPU and, where there is one, on the GPU: same code, same precision rule."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

from problems.cs7643_ps2.p7_cifar10.recipes import PLANS
from problems.csci5527_hw3.p1_optimizers import network as digit_network
from problems.csci5527_hw3.p4_transfer.finetune import build
from problems.csci5527_hw3.p4_transfer.finetune import fit as fit_transfer
from problems.dl_hw1.p5_initialization.model import DeepNetworks, train_epoch
from proofsheet.data.dataset import Part
from proofsheet.jobs.device import make_deterministic, mixed_precision, resolve
from proofsheet.learning import small_image_nets as cifar_nets
from proofsheet.learning.cifar_plan import Plan
from proofsheet.learning.loop import fit, logits_of
from proofsheet.learning.squeezenet import random_state
from proofsheet.learning.transfer_strategy import Strategy
from workflow_project import ROOT

pytestmark = pytest.mark.gpu


@pytest.fixture(params=["cpu", "cuda"])
def device(request) -> torch.device:
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU here: this is not tested on cuda")
    return resolve(request.param)


@pytest.fixture(autouse=True)
def deterministic():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    make_deterministic()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(False)


def photographs(n: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes of objects in colors."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(n) % 2
    x = torch.randint(0, 80, (n, 32, 32, 3), generator=generator, dtype=torch.uint8)
    x[y == 0, :16] += 120
    return x.to(device), y.to(device)


def cifar_plan(plan: Plan, device: torch.device) -> np.ndarray:
    x, y = photographs(32, device)
    plan = plan.adapted(device, 1, {"batch": 16})
    model, curves, _ = plan.fit((x, y), (x, y), seed=0, label="test")
    logits = plan.logits(model, x)
    assert logits.device.type == device.type
    return np.append(curves["loss"], logits.float().cpu().numpy())


def digits(device: torch.device) -> np.ndarray:
    x = torch.rand(96, 1, 28, 28, generator=torch.Generator().manual_seed(0)).to(device)
    y = (torch.arange(96) % 10).to(device)
    torch.manual_seed(0)
    model = digit_network.network().to(device)
    recipe = digit_network.Recipe("adam", digit_network.START["adam"], epochs=1, batch=32)
    curves = fit(
        model, (x, y), (x, y), recipe, seed=0, label="test", augment=digit_network.shifted,
        mixed=mixed_precision(device),
    )  # fmt: skip
    return np.append(curves["loss"], logits_of(model, x).cpu().numpy())


def perceptrons(device: torch.device) -> np.ndarray:
    networks = DeepNetworks((20, 16, 16, 3), "xavier", "tanh", [0, 1], device)
    x = torch.randn(64, 20, generator=torch.Generator().manual_seed(0)).to(device)
    y = (torch.arange(64) % 3).to(device)
    return train_epoch(networks, x, y, batch=16, mixed=mixed_precision(device))


def radiographs(device: torch.device) -> np.ndarray:
    rng = np.random.default_rng(0)
    part = Part(rng.integers(0, 256, (32, 64, 64)).astype(np.uint8), np.arange(32) % 2)
    strategy = Strategy(initial="random", blocks=3, epochs=1, learning_rate=1e-3)
    model = build(strategy, random_state(1), 0).to(device)
    found = fit_transfer(
        model, strategy, part, part, side=64, seed=0, label="test", device=device,
        mixed=mixed_precision(device),
    )  # fmt: skip
    return np.array(found["loss"] + found["validation_loss"])


TRAININGS = {
    "our own network": lambda device: cifar_plan(PLANS["own"], device),
    "a vanilla network": lambda device: cifar_plan(PLANS["vanilla_cnn"], device),
    "digits": digits,
    "perceptrons side by side": perceptrons,
    "radiographs": radiographs,
}


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_runs_and_its_repetition_is_the_same(name, device):
    first, second = (TRAININGS[name](device) for _ in range(2))
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, second)


IMAGES = np.zeros((2, 32, 32, 3), np.uint8)
CONVOLUTIONAL = {
    "balanced": lambda: cifar_nets.BalancedNet(IMAGES),
    "vanilla": lambda: cifar_nets.vanilla_cnn(IMAGES),
    "residual": lambda: cifar_nets.resnet32(IMAGES),
    "digits": digit_network.network,
}


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_kernels_are_channels_last_on_every_device(name, device):
    model = CONVOLUTIONAL[name]().to(device)
    kernels = [p for p in model.parameters() if p.ndim == 4 and p.shape[1] > 1 and p.shape[2] > 1]
    assert kernels or name == "balanced"  # whose kernels are rows until they are used
    for kernel in kernels:
        assert kernel.is_contiguous(memory_format=torch.channels_last)


def calls(path: Path, name: str) -> list[ast.Call]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if f"{name}(" in text else "")
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if ast.unparse(call.func).split(".")[-1] == name]


def test_one_function_says_where_products_are_mixed():
    """Each autocast is switched by `mixed`, and each training gets that from `mixed_precision`."""
    paths = [
        p for p in ROOT.glob("workflow/problems/*/*/*.py") if not p.name.startswith("notebook")
    ]
    casts = [call for p in [*ROOT.glob("src/**/*.py"), *paths] for call in calls(p, "autocast")]
    assert len(casts) >= 5
    for call in casts:
        given = {word.arg: ast.unparse(word.value) for word in call.keywords}
        assert given.get("enabled") == "mixed" or given == {None: "cast"}, ast.unparse(call)
    told = [
        (path, ast.unparse(word.value))
        for path in (*paths, ROOT / "src/proofsheet/learning/cifar_plan.py")
        if "train" in path.name
        for call in (*calls(path, "train"), *calls(path, "fit"), *calls(path, "train_epoch"))
        for word in call.keywords
        if word.arg == "mixed"
    ]
    assert len(told) >= 6
    for path, value in told:
        assert value == "mixed" or "mixed_precision(" in value, path
        assert calls(path, "mixed_precision"), path
