"""A GPU that is not there, so that the code for one runs where there is none.

Its tensors lie in the memory of the CPU, which also computes with them. They say that they are on
`cuda:0`, and what a real GPU refuses is refused: tensors of two devices in one operation, a
generator of the other device, NumPy's view of its memory, and, when PyTorch is to be deterministic,
the operations that have no such implementation on a GPU. Mixed precision casts as it does there.

It tells nothing about speed, rounding or memory. Where STAND_IN_GPU_RECORDS names a folder, each
process leaves there what it ran and how many operations the GPU got.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

GPU = torch.device("cuda", 0)
CPU = torch.device("cpu")
aten = torch.ops.aten

# May read from one device and write to the other, or take their indices from the CPU.
CROSSING = {
    aten.copy_.default,
    aten._to_copy.default,
    aten.index.Tensor,
    aten.index_put.default,
    aten.index_put_.default,
    aten._index_put_impl_.default,
}

# `torch.use_deterministic_algorithms` lists what it refuses on a GPU.
NOT_DETERMINISTIC = (
    "_adaptive_avg_pool2d_backward", "_adaptive_avg_pool3d_backward", "_ctc_loss_backward",
    "adaptive_max_pool2d_backward", "avg_pool3d_backward", "fractional_max_pool2d_backward",
    "fractional_max_pool3d_backward", "grid_sampler_2d_backward", "grid_sampler_3d_backward",
    "histc", "kthvalue", "max_unpool2d", "max_unpool3d", "nll_loss2d_backward",
    "nll_loss2d_forward", "put", "put_", "reflection_pad1d_backward", "reflection_pad2d_backward",
    "reflection_pad3d_backward", "scatter_reduce", "upsample_bicubic2d_backward",
    "upsample_bilinear2d_backward", "upsample_linear1d_backward", "upsample_trilinear3d_backward",
)  # fmt: skip

# What autocast computes in float32 on a GPU; on a CPU its list is another one.
IN_FLOAT32 = {
    "__pow__", "__rdiv__", "__rpow__", "__rtruediv__", "acos", "asin",
    "binary_cross_entropy_with_logits", "cdist", "cosh", "cosine_embedding_loss",
    "cosine_similarity", "cross_entropy", "cumprod", "cumsum", "dist", "erfinv", "exp", "expm1",
    "group_norm", "hinge_embedding_loss", "kl_div", "l1_loss", "layer_norm", "log", "log10",
    "log1p", "log2", "log_softmax", "margin_ranking_loss", "mse_loss", "multi_margin_loss",
    "nll_loss", "norm", "normalize", "poisson_nll_loss", "pow", "prod", "reciprocal", "renorm",
    "rsqrt", "sinh", "smooth_l1_loss", "soft_margin_loss", "softmax", "softmin", "softplus", "sum",
    "tan", "triplet_margin_loss",
}  # fmt: skip


class OnGpu(torch.Tensor):
    """A tensor that says it is on the GPU; its memory is the CPU's."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: torch.Tensor) -> OnGpu:
        return torch.Tensor._make_subclass(cls, held)

    @classmethod
    def __torch_dispatch__(cls, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Where the modes are off, as while PyTorch prints a tensor."""
        with _without_modes():
            return _Operations().__torch_dispatch__(op, types, args, kwargs)

    def __repr__(self, **_: Any) -> str:
        return repr(_held(self.detach())).removesuffix(")") + ", device='cuda:0')"

    @property
    def device(self) -> torch.device:
        return GPU

    @property
    def is_cuda(self) -> bool:
        return True

    @property
    def is_cpu(self) -> bool:
        return False

    def get_device(self) -> int:
        return 0

    def numpy(self, *, force: bool = False) -> Any:
        if force:
            return _held(self.detach()).clone().numpy()
        raise TypeError(
            "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor"
            " to host memory first."
        )

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self.numpy()

    def tolist(self) -> Any:
        return _held(self.detach()).tolist()

    def __deepcopy__(self, memo: dict[int, Any]) -> torch.Tensor:
        if id(self) not in memo:
            copy = OnGpu(_held(self.detach()).clone()).requires_grad_(self.requires_grad)
            memo[id(self)] = _as_parameter(copy) if hasattr(self, "_is_param") else copy
        return memo[id(self)]


def _as_parameter(tensor: torch.Tensor) -> torch.Tensor:
    return torch.nn.Parameter(tensor.detach(), requires_grad=tensor.requires_grad)


def _held(tensor: torch.Tensor) -> torch.Tensor:
    """The same memory as a tensor of the CPU."""
    with torch._C.DisableTorchFunction(), _without_modes():
        held = torch.empty(0, dtype=tensor.dtype)
        return held.set_(
            tensor.untyped_storage(), tensor.storage_offset(), tensor.size(), tensor.stride()
        )


def _without_modes() -> Any:
    return torch.utils._python_dispatch._disable_current_modes()


class Generator(torch.Generator):
    """Knows for which device it was made."""

    place = CPU

    def __new__(cls, device: Any = CPU) -> Generator:
        made = super().__new__(cls)
        made.place = torch.device(device)
        return made

    @property
    def device(self) -> torch.device:
        return GPU if self.place.type == "cuda" else CPU


class _Operations(TorchDispatchMode):
    """Each operation, below autograd: on which device it is, and whether a GPU would take it."""

    # A function at work on the GPU may need new tensors of its own: they are there, too.
    within = False
    on_gpu = 0

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        on_gpu = any(isinstance(x, OnGpu) for x in tensors)
        device = kwargs.get("device")
        if on_gpu:
            self.on_gpu += 1
            self._check(op, args, kwargs)
        if device is not None:
            kwargs["device"] = CPU
        # A move is one of `_Moved`; here "cpu" is only what PyTorch's own code takes this one for.
        asked = device is not None and device.type == "cuda"
        to_gpu = asked or on_gpu or (self.within and not tensors)

        wrappers: dict[int, torch.Tensor] = {}

        def unwrapped(x: Any) -> Any:
            if not isinstance(x, OnGpu):
                return x
            held = _held(x)
            wrappers[id(held)] = x
            kept.append(held)
            return held

        kept: list[torch.Tensor] = []
        result = op(*tree_map(unwrapped, args), **tree_map(unwrapped, kwargs))
        for held in kept:
            if held.shape != wrappers[id(held)].shape:
                raise NotImplementedError(f"{op} changes a shape in place")

        def wrapped(x: Any) -> Any:
            if not isinstance(x, torch.Tensor) or isinstance(x, OnGpu):
                return x
            if id(x) in wrappers:
                return wrappers[id(x)]
            return OnGpu(x) if to_gpu and not any(x is given for given in tensors) else x

        return tree_map(wrapped, result)

    def _check(self, op: Any, args: Any, kwargs: Any) -> None:
        name = op._schema.name.split("::")[1]
        if torch.are_deterministic_algorithms_enabled() and self._refused(name, args, kwargs):
            raise RuntimeError(f"{name}_cuda does not have a deterministic implementation")
        if op in CROSSING:
            return
        written = zip(op._schema.arguments, args, strict=False)
        into = {id(x) for a, given in written if a.is_write for x in tree_leaves(given)}
        into |= {
            id(kwargs[a.name]) for a in op._schema.arguments if a.is_write and a.name in kwargs
        }
        for x in tree_leaves((args, kwargs)):
            plain = isinstance(x, torch.Tensor) and not isinstance(x, OnGpu)
            if plain and (x.ndim > 0 or id(x) in into):
                raise RuntimeError(
                    "Expected all tensors to be on the same device, but found at least two"
                    f" devices, cuda:0 and cpu! ({op}, shape {tuple(x.shape)})"
                )

    @staticmethod
    def _refused(name: str, args: Any, kwargs: Any) -> bool:
        if name == "bincount":
            return (args[1] if len(args) > 1 else kwargs.get("weights")) is not None
        return name in NOT_DETERMINISTIC or (name == "median" and len(args) > 1)


def _check_generator(name: str, device: Any, on_gpu: bool, generator: Any) -> None:
    expected = torch.device(device) if device is not None else GPU if on_gpu else CPU
    if generator is not None and generator.device.type != expected.type:
        raise RuntimeError(
            f"Expected a '{expected.type}' device type for generator but found"
            f" '{generator.device.type}' ({name})"
        )


class _Functions(TorchFunctionMode):
    """Each call of a function of PyTorch: moves between devices, and what autocast casts."""

    def __init__(self, operations: _Operations) -> None:
        super().__init__()
        self.operations = operations

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None):
        kwargs = dict(kwargs or {})
        name = getattr(function, "__name__", "")
        if name in ("to", "cpu", "cuda", "type_as") and isinstance(args[0], torch.Tensor):
            return self._moved(name, args, kwargs)
        device = kwargs.get("device")
        on_gpu = any(isinstance(x, OnGpu) for x in tree_leaves((args, kwargs)))
        _check_generator(name, device, on_gpu, kwargs.get("generator"))
        if device is not None and torch.device(device).type != "meta":
            kwargs["device"] = GPU if torch.device(device).type == "cuda" else CPU
            if name in ("tensor", "as_tensor") and kwargs["device"] == GPU:
                kwargs["device"] = CPU
                made = self._called(function, args, kwargs, within=False)
                return made if isinstance(made, OnGpu) else OnGpu(made)
            return self._called(function, args, kwargs, within=False)
        if name in IN_FLOAT32 and on_gpu and torch.is_autocast_enabled("cpu"):
            args, kwargs = tree_map(_widened, args), tree_map(_widened, kwargs)
        return self._called(function, args, kwargs, within=on_gpu)

    def _called(self, function: Any, args: Any, kwargs: Any, *, within: bool) -> Any:
        before, self.operations.within = self.operations.within, within
        try:
            return function(*args, **kwargs)
        finally:
            self.operations.within = before

    def _moved(self, name: str, args: Any, kwargs: Any) -> Any:
        tensor, *given = args
        given = [*given, *kwargs.values()]
        target = {"cpu": CPU, "cuda": GPU}.get(name)
        wanted = {}
        for x in given:
            if isinstance(x, torch.Tensor):
                target, wanted["dtype"] = x.device, x.dtype
            elif isinstance(x, (str, torch.device)):
                target = torch.device(x)
            elif isinstance(x, torch.dtype):
                wanted["dtype"] = x
            elif isinstance(x, torch.memory_format):
                wanted["memory_format"] = x
        if target is not None and (target.type == "cuda") != isinstance(tensor, OnGpu):
            assert target.type != "meta"
            tensor = _Moved.apply(tensor, target.type == "cuda")
        if not wanted:
            return tensor
        within = isinstance(tensor, OnGpu)
        return self._called(torch.Tensor.to, (tensor,), wanted, within=within)


class _Moved(torch.autograd.Function):
    """A copy on the other device; its gradient comes back."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, to_gpu: bool) -> torch.Tensor:
        ctx.to_gpu = to_gpu
        with _without_modes():
            held = _held(x.detach()) if isinstance(x, OnGpu) else x.detach()
            copy = held.clone()
        return OnGpu(copy) if to_gpu else copy

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return _Moved.apply(gradient, not ctx.to_gpu), None


def _widened(x: Any) -> Any:
    if isinstance(x, torch.Tensor) and x.dtype in (torch.bfloat16, torch.float16):
        return x.float()
    return x


def install() -> None:
    """From here on this thread sees a GPU, if it may see any.

    Its operations are watched from the moment on when it asks whether there is one: a program that
    does not ask is not slowed down.
    """
    if os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return
    torch.cuda.is_bf16_supported = lambda including_emulation=True: True
    torch.cuda._lazy_init = lambda: None
    torch.cuda.get_device_name = lambda device=None: "a GPU that is not there"
    torch.Generator = Generator
    # Asks the driver whether a graph is being recorded.
    torch.optim.Optimizer._accelerator_graph_capture_health_check = lambda self: None

    importlib.import_module("torch._dynamo")  # compares the signatures of what is replaced below

    # A module's parameters are replaced where the device changes, as its class does.
    compatible = torch._has_compatible_shallow_copy_type
    torch._has_compatible_shallow_copy_type = lambda old, new: (
        isinstance(old, OnGpu) == isinstance(new, OnGpu) and compatible(old, new)
    )

    autocast = torch.amp.autocast_mode.autocast
    made = autocast.__init__

    def init(self: Any, device_type: str, *args: Any, **kwargs: Any) -> None:
        made(self, "cpu" if device_type == "cuda" else device_type, *args, **kwargs)

    autocast.__init__ = init
    operations = _Operations()
    if folder := os.environ.get("STAND_IN_GPU_RECORDS"):
        atexit.register(_record, Path(folder), operations)
    functions = _Functions(operations)
    watching: list[bool] = []
    engine = torch.autograd.graph._engine_run_backward

    def run_backward(*args: Any, **kwargs: Any) -> Any:
        if not watching:
            return engine(*args, **kwargs)
        with functions:  # what a `Function.backward` calls is seen, too
            return engine(*args, **kwargs)

    torch.autograd._engine_run_backward = run_backward

    def is_available() -> bool:
        if not watching:
            watching.append(True)
            operations.__enter__()
            functions.__enter__()
        return True

    torch.cuda.is_available = is_available


def _record(folder: Path, operations: _Operations) -> None:
    found = {"program": sys.argv[0], "operations": operations.on_gpu}
    (folder / f"{os.getpid()}.json").write_text(json.dumps(found))
