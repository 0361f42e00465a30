"""The training of cs7643_ps2, problem 7, against the usual loop: the same network, its speed.

    python benchmarks/cifar10_vs_dataloader.py [threads] [steps]

The usual loop is `torchvision.datasets.CIFAR10` with `RandomCrop`, `RandomHorizontalFlip`,
`ToTensor` and `Normalize` in a `DataLoader`, everything in float32 and in PyTorch's default memory
format, `nn.Conv2d`, plain SGD with momentum, losses read back in every step.
Ours is `learning.sgd_loop.fit`: bytes in memory, one gather per batch, products in bfloat16
with the channels last where the processor is fast at that, images that grow from epoch to epoch,
and Muon. Both train our own design, on batches of the same size; ours takes all its epochs, as the
first ones are faster, and the usual loop one, as all are alike. The usual loop is measured first,
before freed memory is kept, which no tutorial does. Where the data has been prepared it is used,
else noise of its shape; the images decide nothing about the speed. It wants a quiet machine.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from proofsheet.learning.sgd_loop import fit
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from problems.cs7643_ps2.p7_cifar10.recipes import PLANS
from proofsheet.data.dataset import load
from proofsheet.jobs.device import mixed_precision, on_gpu, resolve
from proofsheet.learning.small_image_nets import Filters, FoldedNet

ROOT = Path(__file__).resolve().parents[1]

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
STEPS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
BAR, ROUNDS = 5.0, 3
DEVICE = resolve("auto")
PLAN = PLANS["own"]


def main() -> None:
    """Measure and print images per second, the best of each."""
    torch.set_num_threads(THREADS)
    logging.getLogger("proofsheet").setLevel(logging.ERROR)
    x, y, what = images()
    print(f"{what}, {DEVICE.type}, {THREADS} threads, torch {torch.__version__},", end=" ")
    print(f"{STEPS} steps of {PLAN.recipe.batch} images")
    usual = len(y) / min(timed(lambda: usual_loop(x, y)) for _ in range(ROUNDS))
    own = PLAN.recipe.epochs * len(y) / min(timed(lambda: ours(x, y)) for _ in range(ROUNDS))
    print(f"{'':36}{'images/s':>9}{'ratio':>8}")
    print(f"{'DataLoader, float32':36}{usual:9.0f}")
    print(f"{'in memory, growing, mixed precision':36}{own:9.0f}{own / usual:8.1f}")
    print("the bar of 5 × is met" if own / usual >= BAR else "THE BAR OF 5 × IS MISSED")


def images() -> tuple[np.ndarray, np.ndarray, str]:
    """As many images as the steps take."""
    count, folder = STEPS * PLAN.recipe.batch, ROOT / "results/data/cifar10"
    if (folder / "source.json").is_file():
        data = load(folder)
        if len(data.train) >= count:
            return data.train.x[:count], data.train.y[:count], str(data.source["source"])
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return x, rng.integers(0, 10, count), "noise"


def timed(call: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    call()
    if on_gpu(DEVICE):
        torch.accelerator.synchronize()
    return time.perf_counter() - start


class Pictures(Dataset):
    """As `torchvision.datasets.CIFAR10` hands out its images: a PIL image, then the transform."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=2, padding_mode="reflect"),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
            ]
        )

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.x[row])), int(self.y[row])


def plain(model: FoldedNet) -> FoldedNet:
    """The same network with `nn.Conv2d`, for images that the transform has standardized."""
    model.features[0] = nn.Identity()
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, Filters):
                outputs, inputs = len(child.matrix), child.inputs
                setattr(module, name, nn.Conv2d(inputs, outputs, 3, padding=1, bias=False))
    return model


def usual_loop(x: np.ndarray, y: np.ndarray) -> float:
    """As in a tutorial; the last loss."""
    loader = DataLoader(Pictures(x, y), batch_size=PLAN.recipe.batch, shuffle=True)
    model = plain(FoldedNet(x)).to(DEVICE).train()
    criterion = nn.CrossEntropyLoss(label_smoothing=PLAN.recipe.smoothing)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    value = 0.0
    for batch, classes in loader:
        batch, classes = batch.to(DEVICE), classes.to(DEVICE)
        optimizer.zero_grad()
        loss = criterion(model(batch), classes)
        loss.backward()
        optimizer.step()
        value = loss.item()
    return value


def ours(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """All epochs as the workflow does them; hardly any validation."""
    rows = torch.from_numpy(x).to(DEVICE), torch.from_numpy(y).to(DEVICE)
    model = PLAN.build(x, 0, DEVICE)
    return fit(
        model, rows, (rows[0][:8], rows[1][:8]), PLAN.recipe, seed=0, label="ours",
        augment=PLAN.augment, mixed=mixed_precision(DEVICE),
    )  # fmt: skip


if __name__ == "__main__":
    main()
