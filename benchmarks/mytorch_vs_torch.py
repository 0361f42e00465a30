"""`mytorch` against PyTorch eager on the CPU: ratios of times, both measured in this one run.

    python benchmarks/mytorch_vs_torch.py [threads]

The same threads for both (2 unless told), float32. Their turns alternate, and the shortest times
are compared, since a neighbour on the same cores only ever adds to a time. Threads that wait for
each other suffer most: with two threads the ratios mean something on a quiet machine only; with
one they hold on a busy one too. That both compute the same, and how much memory Conv2d takes, is
tested in `tests/mytorch`.

The bars are those of dl_hw1, problem 6: an epoch of 784–128–64–10 at batch 64 in at most 1 ×
PyTorch's time, Conv2d forward and backward in 2 ×, MaxPool2d and BatchNorm2d in 3 ×.
The data has MNIST's shape and no meaning.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 2
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)  # before NumPy is imported: OpenBLAS reads it once

import numpy as np  # noqa: E402
import torch  # noqa: E402

from mytorch import nn  # noqa: E402

Call = Callable[[], object]
IMAGES, BATCH, SIZES = 60_000, 64, (784, 128, 64, 10)
LEARNING_RATE = 0.1


def main() -> None:
    """Measure and print everything."""
    torch.set_num_threads(THREADS)
    print(f"{THREADS} threads, numpy {np.__version__}, torch {torch.__version__}")
    print(f"{'':52}{'mytorch':>11}{'PyTorch':>11}{'ratio':>8}{'bar':>6}")
    name = "epoch, 784–128–64–10, batch 64"
    ratios = [report(name, *training(), bar=1.0, calls=1, seconds=10)]
    for name, module, peer, bar in LAYERS:
        name = f"{name} forward + backward"
        ratios.append(report(name, *layer(module, peer), bar, calls=10, seconds=4))
    print("every bar met" if all(ratios) else "A BAR IS MISSED")


def report(name: str, ours: Call, theirs: Call, bar: float, calls: int, seconds: float) -> bool:
    """Time both, `calls` calls at a turn, print one line, and say whether the bar is met."""
    spent: dict[Call, list[float]] = {ours: [], theirs: []}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(spent[theirs]) < 2 * calls:
        for call, times in spent.items():
            for _ in range(calls):
                start = time.perf_counter()
                call()
                times.append(time.perf_counter() - start)
    a, b = (min(times) for times in spent.values())
    print(
        f"{name:52}{a * 1e3:8.2f} ms{b * 1e3:8.2f} ms{a / b:8.2f}{bar:6.1f}"
        f"  {'' if a / b <= bar else 'MISSED'}"
    )
    return a / b <= bar


def training() -> tuple[Call, Call]:
    """An epoch of SGD in either library, over the same batches from the same weights.

    Neither computes the gradient by the images.
    """
    rng = np.random.default_rng(0)
    x = rng.random((IMAGES, SIZES[0]), dtype=np.float32)
    y = rng.integers(0, SIZES[-1], IMAGES)
    order = rng.permutation(IMAGES)
    x_torch, y_torch, order_torch = map(torch.from_numpy, (x, y, order))

    model = nn.Sequential(*dense(lambda a, b: nn.Linear(a, b, rng=rng, dtype=np.float32), nn.ReLU))
    peer = torch.nn.Sequential(*dense(torch.nn.Linear, torch.nn.ReLU))
    share_weights(model, peer)
    loss, peer_loss = nn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss()
    optimizer = nn.SGD(model.get_parameters(), lr=LEARNING_RATE)
    peer_optimizer = torch.optim.SGD(peer.parameters(), lr=LEARNING_RATE)

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


def dense(linear: Callable, relu: Callable) -> list:
    """The network of dl_hw1, Q6.7."""
    a, b, c, d = SIZES
    return [linear(a, b), relu(), linear(b, c), relu(), linear(c, d)]


SHAPE = (64, 32, 16, 16)
CONV, POOL = "Conv2d 32→64, 3×3, on 64×32×16×16,", "MaxPool2d {} on 64×32×16×16,"
LAYERS = (
    (CONV, nn.Conv2d(32, 64, 3, padding=1), torch.nn.Conv2d(32, 64, 3, padding=1), 2.0),
    (POOL.format("2×2"), nn.MaxPool2d(2), torch.nn.MaxPool2d(2), 3.0),
    (POOL.format("3×3 stride 2"), nn.MaxPool2d(3, 2), torch.nn.MaxPool2d(3, 2), 3.0),
    ("BatchNorm2d on 64×32×16×16,", nn.BatchNorm2d(32), torch.nn.BatchNorm2d(32), 3.0),
)
"""Name, ours, theirs, bar."""


def layer(module: nn.Module, peer: torch.nn.Module) -> tuple[Call, Call]:
    """Forward and backward of one layer, with the gradient by its input."""
    share_weights(module, peer)
    rng = np.random.default_rng(0)
    x = rng.standard_normal(SHAPE, dtype=np.float32)
    g = rng.standard_normal(module.forward(x).shape, dtype=np.float32)
    x_torch, g_torch = torch.from_numpy(x).requires_grad_(), torch.from_numpy(g)

    def ours() -> None:
        module.forward(x)
        module.backward(g)

    def theirs() -> None:
        x_torch.grad = None
        peer.zero_grad()
        peer(x_torch).backward(g_torch)

    return ours, theirs


def share_weights(module: nn.Module, peer: torch.nn.Module) -> None:
    """Give PyTorch's module the weights of ours."""
    with torch.no_grad():
        for ours, theirs in zip(module.get_parameters(), peer.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours))


if __name__ == "__main__":
    main()
