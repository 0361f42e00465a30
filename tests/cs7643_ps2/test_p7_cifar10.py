"""Checks fail on wrong formulas; the scripts run in miniature and measure what is asked for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from derivation_tests import derivation_tests
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.sequential import Sequential
from problems.cs7643_ps2.p7_cifar10 import derivations as p7
from problems.cs7643_ps2.p7_cifar10.long_tail import LOSSES, FocalLoss
from problems.cs7643_ps2.p7_cifar10.numpy_convnet import centered, convnet
from problems.cs7643_ps2.p7_cifar10.recipes import CHOICES
from problems.cs7643_ps2.p7_cifar10.train import train, train_long_tail, train_without
from problems.cs7643_ps2.p7_cifar10.train_numpy import train_both
from proofsheet.data.dataset import Dataset, Part
from proofsheet.jobs.atomic_files import read_arrays, read_json, write_json
from train_job import perform, train_job

SCRIPTS = Path(__file__).parents[2] / "workflow/problems/cs7643_ps2/p7_cifar10"
NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


class ForgetfulConv(Conv2d):
    """Its bias gets half of its gradient."""

    def backward_parameters(self, grad_output):
        super().backward_parameters(grad_output)
        self.db /= 2


def wrong_convnet(rng):
    others = list(convnet(rng, channels=4, side=8))[1:]
    return Sequential(ForgetfulConv(3, 4, 5, padding=2, rng=rng), *others)


def without_the_frame(x, w, g, stride, padding):
    dx, dw, db = p7.convolution_gradients(x, w, g, stride, padding)
    return dx, dw / 2, db


def turned_kernels(x, w, g, stride, padding):
    return p7.convolution_gradients(x, w[:, :, ::-1], g, stride, padding)


def every_maximum(x, g, size, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*g.shape):
        place = (n, c, slice(stride * i, stride * i + size), slice(stride * j, stride * j + size))
        dx[place] += g[n, c, i, j] * (x[place] == x[place].max())
    return dx


def through_the_relu(z, y, x, w, g):
    by_z, _, by_w, by_b = p7.dense_gradients(z, y, x, w, g)
    return by_z, g @ w, by_w, by_b


def nesterov_steps(w, gradients, rate, beta):
    v = np.zeros_like(w)
    for g in gradients:
        v = beta * v - rate * g
        w = w + beta * v - rate * g
    return w


def focal_without_its_second_term(z, y, w, gamma):
    p = p7.softmax(z)
    own = p[np.arange(len(y)), y]
    return ((w[y] * (1 - own) ** gamma)[:, None] * (p - np.eye(z.shape[1])[y])) / len(y)


WRONG = {
    "convolution_backward": without_the_frame,
    "convolution_module": turned_kernels,
    "pooling_backward": every_maximum,
    "dense_backward": through_the_relu,
    "convnet_gradients": wrong_convnet,
    "momentum_forms": nesterov_steps,
    "parameters_by_hand": lambda: (789258, 58826, 0),
    "arithmetic_by_hand": lambda: p7.multiplications() + 1,
    "smoothed_labels": lambda z, y, s: p7.smoothed_gradient(z, y, 0.0),
    "steepest_in_spectral_norm": lambda sigma: np.sqrt(np.sum(sigma**2)),
    "effective_recursion": lambda n, beta: (1 - beta**n) / (1 - beta**2),
    "effective_is_distinct": lambda n, beta: n * np.asarray(beta) ** (n - 1),
    "weights_multiply_the_prior": lambda likelihoods, prior, w: p7.weighted_optimum(
        likelihoods, prior, np.ones_like(w)
    ),
    "focal_loss_gradient": focal_without_its_second_term,
    "weighted_cross_entropy": lambda w: FocalLoss(w / w.sum(), 0.0),
}


TestDerivations = derivation_tests(p7, WRONG)


def test_the_mean_image_is_subtracted():
    images = np.random.default_rng(0).integers(0, 256, (7, 4, 4, 3), dtype=np.uint8)
    x = centered(images, images.mean(axis=0))
    assert x.shape == (7, 3, 4, 4)
    assert x.dtype == np.float32
    assert np.abs(x.mean(axis=0)).max() < 1e-4
    assert x[2, 1, 3, 0] == np.float32(images[2, 3, 0, 1]) - np.float32(images[:, 3, 0, 1].mean())


@pytest.fixture(scope="module")
def colors() -> Dataset:
    """Noise whose color says which of ten classes it is."""
    rng = np.random.default_rng(0)
    palette = rng.integers(40, 215, (10, 3))

    def part(per_class: int) -> Part:
        y = rng.permutation(np.repeat(np.arange(10), per_class))
        x = np.clip(palette[y][:, None, None] + rng.normal(0, 25, (len(y), 32, 32, 3)), 0, 255)
        return Part(x.astype(np.uint8), y.astype(np.int64))

    train, val = (
        replace(part(24), index=np.arange(240)), replace(part(4), index=np.arange(240, 280))
    )  # fmt: skip
    facts = {"dataset": "cifar10", "official": False}
    return Dataset(train, val, part(5), NAMES, (), standin=True, source=facts)


def measure(colors, folder: Path) -> dict[str, Path]:
    """All runs and the problem; the files of the problem."""
    inputs: dict = {"source": folder / "source.json", "ablation": []}

    def run(function, name: str, **given: object) -> None:
        outputs = {"metrics": folder / f"{name}.json", "arrays": folder / f"{name}.npz"}
        train_job(function, colors, outputs, seed=0, images=120, measured=None, **given)
        inputs.update({name: outputs["metrics"], f"{name}_arrays": outputs["arrays"]})

    run(train_both, "numpy", checked=2)
    for name in ("two_layer", "vanilla_cnn", "own"):
        run(train, name, network=name, epochs=1)
    for loss in LOSSES:
        run(train_long_tail, loss, loss=loss, epochs=1, batch=32)
    for choice in CHOICES:
        run(train_without, choice, choice=choice, epochs=1)
        inputs["ablation"].append(inputs[choice])
    outputs = {name: folder / f"{name}.json" for name in ("metrics", "checks")}
    outputs |= {"arrays": folder / "arrays.npz", "listing": folder / "listing.txt"}
    perform(SCRIPTS / "solve.py", inputs, outputs, colors, seed=0)
    return outputs


@pytest.mark.slow
def test_the_problem_in_miniature(colors, tmp_path):
    files = measure(colors, tmp_path)
    metrics = read_json(files["metrics"])
    assert metrics["overfit"]["train_accuracy"] > 0.4  # of fifty images of noise
    assert metrics["overfit"]["gradient_error"] < 1e-4
    assert metrics["numpy"]["images_per_second"] > 0
    for name in ("numpy", "two_layer", "vanilla_cnn", "own"):
        assert 0 <= metrics[name]["test_accuracy"] <= 1
    assert metrics["own"]["parameters"] == p7.counted()[2]
    assert metrics["own"]["seconds"] > 0
    assert metrics["own"]["steps"] == 1  # 120 images in one batch
    assert metrics["own"]["below_aim"] == pytest.approx(0.92 - metrics["own"]["test_accuracy"])
    assert metrics["vanilla_cnn"]["gain_at_milestone"] == 0  # trained for one epoch
    assert np.sum(read_arrays(files["arrays"])["confusion"]) == 50
    for loss in LOSSES:
        run = metrics["imbalanced"][loss]
        assert tuple(run["per_class"]) == NAMES
        recalls = list(run["per_class"].values())  # the fixture's counts fall with the class
        assert np.mean(recalls) == pytest.approx(run["test_accuracy"])
        assert run["groups"]["frequent"] == pytest.approx(np.mean(recalls[:3]))
        assert run["groups"]["rare"] == pytest.approx(np.mean(recalls[-3:]))
        assert run["named_rare"] == pytest.approx(sum(list(run["predicted_share"].values())[-3:]))
    assert set(metrics["ablation"]["without"]) == {"augmentation", "normalization", "muon"}

    # All figures are drawn, and tables carry the mark of stand-in data.
    write_json(tmp_path / "source.json", {"standin": True})
    drawn = ("numpy", "curves", "confusion", "long_tail")
    tables = ("networks", "ablation", "long_tail_table")
    outputs = {name: tmp_path / f"{name}.svg" for name in drawn}
    outputs |= {name: tmp_path / f"{name}.md" for name in (*tables, "listing")}
    inputs = {"source": tmp_path / "source.json", "part_1": SCRIPTS / "notebook_part_1.py"}
    perform(SCRIPTS / "figures.py", files | inputs, outputs, colors)
    assert all(outputs[name].read_text().startswith("<?xml") for name in drawn)
    assert all("†" in outputs[name].read_text() for name in tables)
    listing = outputs["listing"].read_text()
    assert "class Convolution:\n" in listing
    assert "class BalancedNet(nn.Module):" in listing
    assert '"""' not in listing
