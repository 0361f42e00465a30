"""Count the floating-point operations of a training, for its share of what the processor can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

done: Counter[str] = Counter()
"""Operations by type of number (`bfloat16`, `float32`), and `products`: how many calls did them."""


class _Products(TorchDispatchMode):
    """Counts those of matrix products and convolutions, nearly all of a network's, in `found`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        terms = 0  # of the sum that is one entry of the result
        match func.overloadpacket.__name__:
            case "mm" | "bmm":
                terms = args[0].shape[-1]
            case "addmm" | "baddbmm":
                terms = args[1].shape[-1]
            case "convolution":
                terms = args[1][0].numel()
            case "convolution_backward":  # by the input, by the weights
                terms = args[2][0].numel() * sum(args[-1][:2])
        if terms:
            out = args[0] if isinstance(result, tuple) else result
            self.found[str(out.dtype).removeprefix("torch.")] += 2 * out.numel() * terms
            self.found["products"] += 1
        return result


def counted(batches: Sequence[Tensor]) -> Iterator[Tensor]:
    """The batches of an epoch, (…, b) indices each; adds to `done` what is computed for them.

    The step for the first one is counted and taken for all, by their numbers of rows.
    """
    share = sum(batch.shape[-1] for batch in batches) / batches[0].shape[-1]
    with _Products() as products:
        yield batches[0]
    for name, number in products.found.items():
        done[name] += round(number * share)
    yield from batches[1:]
