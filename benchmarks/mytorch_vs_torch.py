"""`mytorch` against PyTorch eager on one core: ratios of times, both measured in this one run.

Their turns alternate, and the shortest times are compared, since a neighbor on the same core only
ever adds to a time. The bars are those of dl_hw1, problem 6. That both compute the same is tested
in `tests/mytorch`. The data has MNIST's shape and no meaning; all of it is float32.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported: OpenBLAS reads it once

import numpy as np
import torch

from mytorch import nn

Call = Callable[[], object]
IMAGES, BATCH, RATE = 60_000, 64, 0.1


def compare(name: str, ours: Call, theirs: Call, bar: float, calls: int) -> None:
    """Time both for some seconds, `calls` calls at a turn, and print their ratio and its bar."""
    spent: dict[Call, list[float]] = {ours: [], theirs: []}
    end = time.perf_counter() + 5
    while time.perf_counter() < end or len(spent[theirs]) < 2 * calls:
        for call, times in spent.items():
            for _ in range(calls):
                start = time.perf_counter()
                call()
                times.append(time.perf_counter() - start)
    a, b = (1e3 * min(times) for times in spent.values())
    said = "" if a / b <= bar else "  MISSED"
    print(f"{name:64}{a:9.2f} ms{b:9.2f} ms{a / b:8.2f}{bar:6.1f}{said}")


def epoch(model: nn.Module, peer: torch.nn.Module) -> tuple[Call, Call]:
    """An epoch of SGD in either library; neither computes the gradient by the images."""
    rng = np.random.default_rng(0)
    x, y = rng.random((IMAGES, 784), dtype=np.float32), rng.integers(0, 10, IMAGES)
    order = rng.permutation(IMAGES)
    x_torch, y_torch, order_torch = map(torch.from_numpy, (x, y, order))
    loss, peer_loss = nn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss()
    optimizer = nn.SGD(model.get_parameters(), lr=RATE)
    peer_optimizer = torch.optim.SGD(peer.parameters(), lr=RATE)

    def ours() -> None:
        for start in range(0, IMAGES, BATCH):
            batch = order[start : start + BATCH]
            loss.forward(model.forward(x[batch]), y[batch])
            model.backward_parameters(loss.backward())
            optimizer.step(model.get_gradients())

    def theirs() -> None:
        for start in range(0, IMAGES, BATCH):
            batch = order_torch[start : start + BATCH]
            peer_optimizer.zero_grad()
            peer_loss(peer(x_torch[batch]), y_torch[batch]).backward()
            peer_optimizer.step()

    return ours, theirs


def layer(module: nn.Module, peer: torch.nn.Module) -> tuple[Call, Call]:
    """Forward and backward of one layer, with the gradient by its input."""
    x = np.random.default_rng(0).standard_normal((64, 32, 16, 16), dtype=np.float32)
    g = np.ones_like(module.forward(x))
    x_torch, g_torch = torch.from_numpy(x).requires_grad_(), torch.from_numpy(g)

    def ours() -> None:
        module.forward(x)
        module.backward(g)

    def theirs() -> None:
        x_torch.grad = None
        peer.zero_grad()
        peer(x_torch).backward(g_torch)

    return ours, theirs


def perceptron(library: object) -> list:
    """The layers of dl_hw1, Q6.7, in either library."""
    a, b, c = (library.Linear(*sizes) for sizes in ((784, 128), (128, 64), (64, 10)))
    return [a, library.ReLU(), b, library.ReLU(), c]


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(f"numpy {np.__version__}, torch {torch.__version__}; mytorch, PyTorch, ratio, bar:")
    pair = nn.Sequential(*perceptron(nn)), torch.nn.Sequential(*perceptron(torch.nn))
    compare("epoch of 784–128–64–10, batch 64", *epoch(*pair), bar=1, calls=1)
    for name, bar, arguments in (
        ("Conv2d", 2, (32, 64, 3, 1, 1)), ("MaxPool2d", 3, (2,)), ("MaxPool2d", 3, (3, 2)),
        ("BatchNorm2d", 3, (32,)),
    ):  # fmt: skip
        pair = (getattr(library, name)(*arguments) for library in (nn, torch.nn))
        shown = f"{name}{arguments} on 64×32×16×16, forward and backward"
        compare(shown, *layer(*pair), bar=bar, calls=10)
