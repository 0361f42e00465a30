"""Modules in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from mytorch.nn.modules.loss import Loss
from mytorch.nn.modules.module import Module


class Sequential(Module):
    """The modules one after the other (dl_hw1, Q6.4): `Sequential(a, b)` or `Sequential([a, b])`.

    The loss stays outside, because it takes the labels as well.

    Raises:
        ValueError: something is not a module, is a loss, or stands in two places (a module
            remembers one `forward` only).
    """

    def __init__(self, *modules: Module | Iterable[Module]) -> None:
        if len(modules) == 1 and not isinstance(modules[0], Module):
            modules = tuple(modules[0])
        self.modules: list[Module] = list(modules)
        for place, module in enumerate(self.modules):
            if not isinstance(module, Module) or isinstance(module, Loss):
                raise ValueError(
                    f"Sequential: got {module!r} in place {place}, wants a layer; a loss is "
                    "called on what Sequential returns: loss.forward(model.forward(x), labels)"
                )
        if len({id(module) for module in self.modules}) < len(self.modules):
            raise ValueError("Sequential: got the same module twice, wants one for each place")

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.modules))})"

    def __len__(self) -> int:
        return len(self.modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules)

    def __getitem__(self, place: int) -> Module:
        return self.modules[place]

    def children(self) -> tuple[Module, ...]:
        """The modules in order."""
        return tuple(self.modules)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """`x` through all modules in order.

        Raises:
            ValueError: from the module that the shape does not fit.
        """
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The gradient through all modules in reverse order, down to the input.

        Raises:
            RuntimeError: before `forward`.
            ValueError: `grad_output` has another shape than the output.
        """
        for module in reversed(self.modules):
            grad_output = module.backward(grad_output)
        return grad_output

    def backward_parameters(self, grad_output: np.ndarray) -> None:
        """As `backward`, but no further down than the first module that has parameters.

        For training: `model.backward_parameters(loss.backward())`.
        """
        first = next((k for k, m in enumerate(self.modules) if m.get_parameters()), None)
        if first is None:
            return
        for module in reversed(self.modules[first + 1 :]):
            grad_output = module.backward(grad_output)
        self.modules[first].backward_parameters(grad_output)

    def get_parameters(self) -> list[np.ndarray]:
        """All parameters of all modules, in order."""
        return [p for module in self.modules for p in module.get_parameters()]

    def get_gradients(self) -> list[np.ndarray]:
        """All gradients of all modules, in the order of the parameters."""
        return [g for module in self.modules for g in module.get_gradients()]
