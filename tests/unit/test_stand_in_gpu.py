"""The stand-in for a GPU refuses what a GPU refuses; what is made for one runs on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.gpu
FOLDER = Path(__file__).parents[1] / "stand_in_gpu"


def on_stand_in(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with a GPU to see."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(FOLDER)}, cwd=FOLDER.parents[1],
    )  # fmt: skip


START = """
import copy

import numpy as np
import torch
from torch.nn import functional

torch.use_deterministic_algorithms(True)
gpu = torch.device("cuda")
assert torch.cuda.is_available()
x, host = torch.ones(4, 3, device=gpu), torch.ones(4, 3)
image = torch.ones(1, 1, 8, 8, device=gpu, requires_grad=True)
weights = torch.nn.Linear(3, 2).to(gpu)
seeded = torch.Generator(gpu).manual_seed(0)


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, gradient):
        return gradient * torch.full(gradient.shape, 2.0)  # on the CPU
"""
REFUSED = {
    "x + host": "same device",
    "x @ torch.ones(3, 2)": "same device",
    "torch.zeros(4, 3).add_(x)": "same device",
    "torch.zeros(()).add_(x.sum())": "same device",
    "torch.where(host > 0, x, x)": "same device",
    "torch.nn.Linear(3, 2)(x)": "same device",
    "functional.cross_entropy(x, torch.zeros(4, dtype=torch.int64))": "same device",
    "functional.cross_entropy(x, torch.zeros(4, device=gpu).long(), host[0])": "same device",
    "Doubled.apply(weights(x)).sum().backward()": "same device",
    "x.numpy()": "can't convert cuda:0 device type tensor to numpy",
    "np.asarray(x)": "can't convert cuda:0 device type tensor to numpy",
    "weights(x).detach().numpy()": "can't convert cuda:0 device type tensor to numpy",
    "torch.rand(3, generator=seeded)": "Expected a 'cpu' device type for generator",
    "torch.rand(3, device=gpu, generator=torch.Generator())": "Expected a 'cuda' device type",
    "torch.ones(3, device=gpu).normal_(generator=torch.Generator())": "Expected a 'cuda' device",
    "functional.grid_sample(image, torch.zeros(1, 2, 2, 2, device=gpu)).sum().backward()":
        "grid_sampler_2d_backward_cuda does not have a deterministic implementation",
    "functional.pad(image, (1, 1, 1, 1), mode='reflect').sum().backward()": "deterministic",
    "torch.histc(x)": "deterministic",
    "x.median(dim=0)": "deterministic",
}  # fmt: skip
TRUE = (
    "x.device == weights(x).device == copy.deepcopy(weights).bias.device == torch.device('cuda:0')",
    "x.cpu().device == x.to('cpu').device == host.to(x).cpu().device == torch.device('cpu')",
    "np.array_equal((x + 1).cpu().numpy(), (host + 1).numpy())",
    "torch.zeros(3).add_(x[0].cpu()).sum().item() == 3",
    "isinstance(copy.deepcopy(weights).weight, torch.nn.Parameter)",
    "[p.device.type for p in copy.deepcopy(weights).cpu().parameters()] == ['cpu', 'cpu']",
    "x[torch.tensor([0, 2])].device == x.device",  # a GPU takes indices from the CPU
    "(x * torch.tensor(2.0)).sum().item() == 24",  # and numbers
    "functional.one_hot(torch.arange(3, device=gpu)).device == x.device",
    "torch.tensor([1, 2], device=gpu).device == torch.as_tensor(np.ones(2), device=gpu).device",
    "torch.rand(3, generator=seeded, device=gpu).device == x.device",
    "torch.autograd.grad(weights(x).square().sum(), weights.weight)[0].device == x.device",
)  # fmt: skip
MIXED = """
with torch.autocast(x.device.type, torch.bfloat16):
    z = weights(x)
    found = [z, z.softmax(dim=1), z.sum(), functional.cross_entropy(z, z.argmax(dim=1)), z.relu()]
assert [f.dtype for f in found] == [torch.bfloat16, *[torch.float32] * 3, torch.bfloat16], found
found[3].backward()
assert weights.weight.grad.device == x.device and weights.weight.grad.dtype == torch.float32
before = weights.weight.detach().cpu()
torch.optim.SGD(weights.parameters(), lr=0.1).step()
assert torch.allclose(weights.weight.cpu(), before - 0.1 * weights.weight.grad.cpu())
"""


def test_it_refuses_what_a_gpu_refuses():
    program = START + "".join(
        f"try:\n    {call}\nexcept (RuntimeError, TypeError) as error:\n"
        f"    assert {says!r} in str(error), error\n"
        f"else:\n    raise AssertionError({call!r})\n"
        for call, says in REFUSED.items()
    )
    run = on_stand_in("-c", program)
    assert run.returncode == 0, run.stderr


def test_it_computes_what_a_gpu_computes():
    program = START + "".join(f"assert {said}, {said!r}\n" for said in TRUE) + MIXED
    run = on_stand_in("-c", program)
    assert run.returncode == 0, run.stderr


def test_what_is_tested_on_a_gpu_passes_on_it():
    """So that the tests that need a GPU are known to run before there is one."""
    tests = ["test_on_each_device.py", "jobs/test_device.py", "test_sweep_runs.py"]
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-m"]
    run = on_stand_in(*words, "gpu or not gpu", *(f"tests/unit/{name}" for name in tests))
    assert run.returncode == 0, run.stdout[-4000:]
    assert "no GPU here" not in run.stdout
    assert "there is a GPU here" in run.stdout
