"""The training of dl_hw1, problem 4, against the usual loop: the same network on the same batches.

    python benchmarks/bloodmnist_vs_dataloader.py [threads] [epochs]

The usual loop is `medmnist.BloodMNIST` with `ToTensor` in a `DataLoader`, Adam as it comes, losses
read back in every step; ours is `live_units.train_live`, in float32 as well. Both start
from the same weights and take the same batches, so that they compute the same but for rounding:
the losses of the first epoch say that they do, those of the last how far rounding has carried two
trainings apart. Where the data has been prepared it is used, else noise of its shape.

The same threads for both, 2 unless told. Seconds are of the clock and want a quiet machine; with
one thread on a CPU they are of the processor, so that neighbors on the same cores do not count.
The line in the middle is the loop in memory without leaving out constant units.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from medmnist import BloodMNIST
from torch import nn
from torch.utils.data import DataLoader, Sampler
from torchvision.transforms import ToTensor

from problems.dl_hw1.p4_bloodmnist.live_units import train_live
from problems.dl_hw1.p4_bloodmnist.model import RECIPES, network, scaled
from proofsheet.data.dataset import load
from proofsheet.jobs.device import resolve
from proofsheet.jobs.malloc import keep_freed_memory
from proofsheet.learning.loop import train

ROOT = Path(__file__).resolve().parents[1]

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
EPOCHS = int(sys.argv[2]) if len(sys.argv) > 2 else 30
SEED, BAR = 0, 10.0
DEVICE = resolve("auto")
Images = dict[str, tuple[np.ndarray, np.ndarray]]


def main() -> None:
    """Measure and print everything."""
    torch.set_num_threads(THREADS)
    logging.getLogger("proofsheet").setLevel(logging.ERROR)
    clock = time.process_time if DEVICE.type == "cpu" and THREADS == 1 else time.perf_counter
    data, what = images()
    print(f"{what}, {DEVICE.type}, {THREADS} threads, torch {torch.__version__}, {EPOCHS} epochs")
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        packed = {f"{part}_images": x for part, (x, _) in data.items()}
        packed |= {f"{part}_labels": y[:, None] for part, (_, y) in data.items()}
        np.savez(Path(folder) / "bloodmnist.npz", **packed)
        usual, usual_losses, usual_accuracy = timed(clock, lambda: usual_loop(folder))
    keep_freed_memory()  # as the workflow does, and no tutorial
    memory, _, memory_accuracy = timed(clock, lambda: in_memory(data, train))
    ours, losses, accuracy = timed(clock, lambda: in_memory(data, train_live))
    print(f"{'':34}{'seconds':>9}{'ratio':>8}   validation accuracy")
    print(f"{'usual loop':34}{usual:9.1f}{'':8}   {usual_accuracy:.4f}")
    print(f"{'in memory':34}{memory:9.1f}{usual / memory:8.1f}   {memory_accuracy:.4f}")
    print(f"{'without constant units':34}{ours:9.1f}{usual / ours:8.1f}   {accuracy:.4f}")
    for name, epoch in (("first", 0), ("last", -1)):
        apart = abs(losses[epoch] / usual_losses[epoch] - 1)
        print(f"training losses of the {name} epoch differ by {apart:.0e}, relatively")
    met = usual / ours >= BAR
    print("the bar of 10 × is met" if met else "THE BAR OF 10 × IS MISSED")


def warm_up() -> None:
    """A first step of Adam imports a compiler for seconds, whoever takes it."""
    model = network("mlp").to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.zeros(1, 3, 28, 28, device=DEVICE)).sum().backward()
    optimizer.step()


def images() -> tuple[Images, str]:
    """The prepared data, or noise of its shape."""
    folder = ROOT / "results/data/bloodmnist"
    if (folder / "source.json").is_file():
        data = load(folder)
        parts = {part: getattr(data, part) for part in ("train", "val", "test")}
        return {name: (part.x, part.y) for name, part in parts.items()}, str(data.source["source"])
    rng = np.random.default_rng(0)
    return {
        part: (rng.integers(0, 256, (n, 28, 28, 3), dtype=np.uint8), rng.integers(0, 8, n))
        for part, n in (("train", 11959), ("val", 1712), ("test", 3421))
    }, "noise"


def timed(clock: Callable[[], float], call: Callable) -> tuple[float, list[float], float]:
    """Seconds, training losses and last validation accuracy."""
    start = clock()
    losses, accuracy = call()
    return clock() - start, losses, accuracy


class SameOrder(Sampler):
    """The orders that `train` draws."""

    def __init__(self, n: int) -> None:
        self.n, self.generator = n, torch.Generator().manual_seed(SEED)

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[int]:
        yield from torch.randperm(self.n, generator=self.generator).tolist()


def usual_loop(folder: str) -> tuple[list[float], float]:
    """As in a tutorial."""
    train_set, val_set = (
        BloodMNIST(split=split, transform=ToTensor(), download=False, root=folder)
        for split in ("train", "val")
    )
    train_loader = DataLoader(train_set, batch_size=64, sampler=SameOrder(len(train_set)))
    val_loader = DataLoader(val_set, batch_size=64)
    torch.manual_seed(SEED)
    model = network("mlp").to(DEVICE)
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3)
    losses, accuracy = [], 0.0
    for _ in range(EPOCHS):
        model.train()
        total, correct = 0.0, 0
        for x, y in train_loader:
            x, y = x.to(DEVICE), y.squeeze(1).long().to(DEVICE)
            optimizer.zero_grad()
            output = model(x)
            loss = criterion(output, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            correct += (output.argmax(dim=1) == y).sum().item()
        losses.append(total / len(train_set))
        model.eval()
        total, correct = 0.0, 0
        with torch.no_grad():
            for x, y in val_loader:
                x, y = x.to(DEVICE), y.squeeze(1).long().to(DEVICE)
                output = model(x)
                total += criterion(output, y).item() * len(y)
                correct += (output.argmax(dim=1) == y).sum().item()
        accuracy = correct / len(val_set)
    return losses, accuracy


def in_memory(data: Images, train: Callable) -> tuple[list[float], float]:
    """As the workflow does, unpacking included."""
    rows = {
        part: (scaled(data[part][0], DEVICE), torch.from_numpy(data[part][1]).to(DEVICE))
        for part in ("train", "val")
    }
    torch.manual_seed(SEED)
    curves = train(
        network("mlp").to(DEVICE), rows["train"], rows["val"],
        replace(RECIPES["mlp"], epochs=EPOCHS), seed=SEED, label="in memory",
    )  # fmt: skip
    return curves["loss"].tolist(), float(curves["validation_accuracy"][-1])


if __name__ == "__main__":
    main()
