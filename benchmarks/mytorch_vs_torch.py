"""`mytorch` against PyTorch eager on the CPU: ratios of times, both measured in this one run.

    python benchmarks/mytorch_vs_torch.py [threads]

The same threads for both (2 unless told), float32. Their turns alternate, and the shortest times
are compared, since a neighbour on the same cores only ever adds to a time. Threads that wait for
each other suffer most: with two threads the ratios mean something on a quiet machine only; with
one they hold on a busy one too. That both compute the same is measured as well.

The bars are those of dl_hw1, problem 6: an epoch of 784–128–64–10 at batch 64 in at most 1 ×
PyTorch's time, Conv2d forward and backward in 2 ×, MaxPool2d and BatchNorm2d in 3 ×, and memory
for Conv2d of at most 3 × the im2col matrix.
The data has MNIST's shape and no meaning.
"""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
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
    print(f"{'':52}{'mytorch':>11}{'PyTorch':>11}{'ratio':>8}{'bar':>6}   largest difference")
    ratios = [
        report(
            "epoch, 784–128–64–10, batch 64",
            *training(IMAGES, np.float32),
            loss_difference,
            bar=1.0,
            calls=1,
            seconds=10,
        ),
        *(
            report(
                f"{name} forward + backward", *layer(module, peer, shape), bar, calls=10, seconds=4
            )
            for name, module, peer, shape, bar in layers()
        ),
        memory(),
    ]
    print("every bar met" if all(ratios) else "A BAR IS MISSED")


def report(
    name: str, ours: Call, theirs: Call, difference: Call, bar: float, calls: int, seconds: float
) -> bool:
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
        f"   {difference():.1e} {'' if a / b <= bar else 'MISSED'}"
    )
    return a / b <= bar


def training(images: int, dtype: type) -> tuple[Call, Call]:
    """An epoch of SGD in either library, over the same batches from the same weights.

    Neither computes the gradient by the images. Both return the loss of every batch.
    """
    rng = np.random.default_rng(0)
    x = rng.random((images, SIZES[0]), dtype=dtype)
    y = rng.integers(0, SIZES[-1], images)
    order = rng.permutation(images)
    x_torch, y_torch, order_torch = map(torch.from_numpy, (x, y, order))

    model = nn.Sequential(*dense(lambda a, b: nn.Linear(a, b, rng=rng, dtype=dtype), nn.ReLU))
    peer = torch.nn.Sequential(*dense(torch.nn.Linear, torch.nn.ReLU)).to(x_torch.dtype)
    share_weights(model, peer)
    loss, peer_loss = nn.SoftmaxCrossEntropy(), torch.nn.CrossEntropyLoss()
    optimizer = nn.SGD(model.get_parameters(), lr=LEARNING_RATE)
    peer_optimizer = torch.optim.SGD(peer.parameters(), lr=LEARNING_RATE)

    def ours() -> list[float]:
        values = []
        for start in range(0, images, BATCH):
            batch = order[start : start + BATCH]
            values.append(loss.forward(model.forward(x[batch]), y[batch]))
            model.backward_parameters(loss.backward())
            optimizer.step(model.get_gradients())
        return values

    def theirs() -> list[float]:
        values = []
        for start in range(0, images, BATCH):
            batch = order_torch[start : start + BATCH]
            peer_optimizer.zero_grad()
            value = peer_loss(peer(x_torch[batch]), y_torch[batch])
            value.backward()
            peer_optimizer.step()
            values.append(value.item())
        return values

    return ours, theirs


def loss_difference() -> float:
    """How far the losses of two hundred steps are apart, in float64.

    In float32 a pre-activation of 10⁻⁷ sooner or later has another sign in one library than in
    the other; from that step on the two trainings are different, and neither is wrong.
    """
    ours, theirs = training(200 * BATCH, np.float64)
    return float(np.abs(np.subtract(ours(), theirs())).max())


def dense(linear: Callable, relu: Callable) -> list:
    """The network of dl_hw1, Q6.7."""
    a, b, c, d = SIZES
    return [linear(a, b), relu(), linear(b, c), relu(), linear(c, d)]


def layers() -> list[tuple]:
    """(name, ours, theirs, input shape, bar)."""
    shape = (64, 32, 16, 16)
    return [
        (
            "Conv2d 32→64, 3×3, on 64×32×16×16,",
            nn.Conv2d(32, 64, 3, padding=1),
            torch.nn.Conv2d(32, 64, 3, padding=1),
            shape,
            2.0,
        ),
        ("MaxPool2d 2×2 on 64×32×16×16,", nn.MaxPool2d(2), torch.nn.MaxPool2d(2), shape, 3.0),
        (
            "MaxPool2d 3×3 stride 2 on 64×32×16×16,",
            nn.MaxPool2d(3, 2),
            torch.nn.MaxPool2d(3, 2),
            shape,
            3.0,
        ),
        ("BatchNorm2d on 64×32×16×16,", nn.BatchNorm2d(32), torch.nn.BatchNorm2d(32), shape, 3.0),
    ]


def layer(module: nn.Module, peer: torch.nn.Module, shape) -> tuple[Call, Call, Call]:
    """Forward and backward of one layer, with the gradient by its input."""
    share_weights(module, peer)
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape, dtype=np.float32)
    g = rng.standard_normal(module.forward(x).shape, dtype=np.float32)
    x_torch, g_torch = torch.from_numpy(x).requires_grad_(), torch.from_numpy(g)

    def ours() -> np.ndarray:
        module.forward(x)
        return module.backward(g)

    def theirs() -> torch.Tensor:
        x_torch.grad = None
        peer.zero_grad()
        peer(x_torch).backward(g_torch)
        return x_torch.grad

    return ours, theirs, lambda: float(np.abs(ours() - theirs().numpy()).max())


def memory() -> bool:
    """The peak of a first forward and backward of Conv2d, over the size of the im2col matrix."""
    x = np.ones((64, 32, 16, 16), np.float32)
    g = np.ones((64, 64, 16, 16), np.float32)
    module = nn.Conv2d(32, 64, 3, padding=1)
    tracemalloc.start()
    y = module.forward(x)
    module.backward(g)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = peak / (64 * 16 * 16 * 32 * 9 * y.itemsize)
    name = "Conv2d peak memory over its im2col matrix"
    print(f"{name:52}{peak / 2**20:7.1f} MiB{'':11}{ratio:8.2f}{3.0:6.1f}")
    return ratio <= 3


def share_weights(module: nn.Module, peer: torch.nn.Module) -> None:
    """Give PyTorch's module the weights of ours."""
    with torch.no_grad():
        for ours, theirs in zip(module.get_parameters(), peer.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours))


if __name__ == "__main__":
    main()
