"""What every layer is: `forward`, `backward`, parameters, gradients, and a mode."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike


class Module:
    """One differentiable function with its parameters (dl_hw1, problem 6, "Module API").

    `forward` keeps what `backward` needs, until the next `forward`. `backward` takes the
    gradient of the loss by the output, overwrites the gradients of the parameters (nothing is
    accumulated) and returns the gradient by the input. A module therefore has one place in a
    network, and its input must not be changed between the two calls.

    The dtype of the input is kept: float32 in, float32 out, with parameters of that dtype;
    where the two differ, NumPy's promotion decides. A parameter's gradient has its dtype.

    Attributes:
        training: whether `train()` or `eval()` was called last; True at first.
        parameter_names: the attributes that hold parameters; the gradient of `W` is `dW`.
    """

    parameter_names: ClassVar[tuple[str, ...]] = ()
    training: bool = True
    _cache: Any = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The output for `x`; keeps what `backward` needs."""
        raise NotImplementedError

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The gradient by the input, given the gradient by the output.

        Raises:
            RuntimeError: there was no `forward`.
            ValueError: `grad_output` does not have the shape of the output.
        """
        raise NotImplementedError

    def backward_parameters(self, grad_output: np.ndarray) -> None:
        """`backward` for the gradients of the parameters alone.

        The first layer of a network in training needs no gradient by its input, the data, and
        PyTorch computes none: in a perceptron on images that is a quarter of the arithmetic.

        Raises:
            RuntimeError, ValueError: as `backward`.
        """
        self.backward(grad_output)

    def __call__(self, *inputs: np.ndarray) -> Any:
        return self.forward(*inputs)

    def get_parameters(self) -> list[np.ndarray]:
        """The parameter arrays themselves, to be updated in place."""
        return [getattr(self, name) for name in self.parameter_names]

    def get_gradients(self) -> list[np.ndarray]:
        """The gradients in the order of the parameters; zeros before the first `backward`.

        The next `backward` writes into the same arrays: copy what is to be kept.
        """
        return [getattr(self, f"d{name}") for name in self.parameter_names]

    def children(self) -> tuple[Module, ...]:
        """The modules inside this one."""
        return ()

    def train(self, mode: bool = True) -> Self:
        """Training mode (dropout drops, batch normalization uses the batch), children too."""
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Evaluation mode: the output is a function of the input alone."""
        return self.train(False)

    def get_state(self) -> Any:
        """What `forward` changes that lasts: running statistics, a generator's position."""
        return [child.get_state() for child in self.children()]

    def set_state(self, state: Any) -> None:
        """Go back to what `get_state` returned, so that `forward` can be repeated exactly."""
        for child, child_state in zip(self.children(), state, strict=True):
            child.set_state(child_state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    # What the layers share.

    def _add_parameters(self, **parameters: np.ndarray) -> None:
        for name, value in parameters.items():
            setattr(self, name, value)
            setattr(self, f"d{name}", np.zeros_like(value))

    def _gradient_array(self, name: str) -> np.ndarray:
        """`d<name>`, to be written into: the old array, unless the parameter was replaced."""
        parameter, gradient = getattr(self, name), getattr(self, f"d{name}")
        if gradient.shape != parameter.shape or gradient.dtype != parameter.dtype:
            gradient = np.empty_like(parameter)
            setattr(self, f"d{name}", gradient)
        return gradient

    def _buffer(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> np.ndarray:
        """Scratch memory that outlives the call: new megabytes cost more than the arithmetic.

        It starts as zeros, and afterwards holds what was left in it. It never leaves the module.
        """
        buffers = self.__dict__.setdefault("_buffers", {})
        buffer = buffers.get(name)
        if buffer is None or buffer.shape != shape or buffer.dtype != dtype:
            buffer = buffers[name] = np.zeros(shape, dtype)
        return buffer

    def _check_input(self, x: np.ndarray, fits: bool, wanted: str, integers: bool = False) -> None:
        """`integers`: whether they are taken, too, as PyTorch's layer of this name takes them.

        Arrays of Python objects that compute like numbers, such as fractions, are always taken.
        """
        if not fits:
            raise ValueError(f"{self!r}: got input of shape {x.shape}, wants {wanted}")
        if x.dtype.kind not in ("fOiu" if integers else "fO"):
            numbers = "numbers" if integers else "floating point"
            raise ValueError(f"{self!r}: got input of dtype {x.dtype}, wants {numbers}")

    def _cached(self) -> Any:
        if self._cache is None:
            raise RuntimeError(f"{self!r}: backward before forward; call forward(x) first")
        return self._cache

    def _check_gradient(self, grad_output: np.ndarray, shape: tuple[int, ...]) -> None:
        if grad_output.shape != shape:
            raise ValueError(
                f"{self!r}: backward got a gradient of shape {grad_output.shape}, "
                f"wants that of the output, {shape}"
            )
