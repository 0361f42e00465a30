"""EECS 182 HW 5, question 1: the formulas of the chapter, each held against a reference.

Letters as in the chapter: k and s are the size of the filter and the stride, C the matrix of a
convolution; filters are not flipped.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np
import sympy
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch.nn.functional import conv1d, conv_transpose2d

from problems.eecs182_hw5.q1_convnets.transpose_convolution import (
    convolution_matrix,
    transpose_convolution,
)
from proofsheet.checks import exact_check, exact_gradient_check, exhaustive_check, identity_check
from proofsheet.exact import Draw
from proofsheet.learning.loop import parameter_count

Rng = np.random.Generator

# The formulas -----------------------------------------------------------------------------

SIGNAL, OUTPUT = (1, 4, 0, -2, 3), (-2, 2, 11)
FILTER = (2, -1, 3)
"""The answer to (b)."""

INPUT, KERNEL = ((-1, 2), (3, 1)), ((1, -1), (0, 1))
ANSWER = np.array([[-1, 3, -2], [3, -3, 1], [0, 3, 1]])
"""The answer to (c)."""


def layer_parameters(
    channels: tuple[int, int], size: tuple[int, int], kernel: int
) -> dict[str, int]:
    """Weights and biases of three layers that map (c, H, W) to (c', H − k + 1, W − k + 1).

    `dense` connects everything, `local` each output with its window, `convolution` shares.
    """
    given, made = channels
    inputs = given * prod(size)
    outputs = made * prod(n - kernel + 1 for n in size)
    window = given * kernel**2
    return {
        "dense": outputs * (inputs + 1),
        "local": outputs * (window + 1),
        "convolution": made * (window + 1),
    }


def moved(output: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The output, moved by as many places as the input was."""
    return np.roll(output, (rows, columns), axis=(-2, -1))


def elimination(h2: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """h₁ and h₃ by the first two equations, and what the third leaves: −26 h₂ − 26."""
    return -2 - 4 * h2, -5 - 8 * h2, -26 * h2 - 26


def output_size(n: int, kernel: int, stride: int) -> int:
    """Samples along one axis after a transpose convolution without padding."""
    return (n - 1) * stride + kernel


# Cases ------------------------------------------------------------------------------------


def draw_planes(draw: Draw) -> tuple[np.ndarray, np.ndarray, int]:
    """An image, a kernel that need not be square, and a stride, all small."""
    size, kernel = draw.rng.integers(1, 5, 2), draw.rng.integers(1, 4, 2)
    return draw(*size), draw(*kernel), int(draw.rng.integers(1, 4))


def slid(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """The convolution by its definition: the kernel at every place of the image."""
    windows = sliding_window_view(image, kernel.shape)[::stride, ::stride]
    return (windows * kernel).sum(axis=(2, 3))


def tensor(array: np.ndarray) -> torch.Tensor:
    """The array with the axes for batch and channel that PyTorch wants."""
    return torch.tensor(np.asarray(array, dtype=np.float64))[None, None]


# (a) Why convolutions ---------------------------------------------------------------------


@exhaustive_check(
    "parameters: dense c'H'W'(cHW + 1), local c'H'W'(ck² + 1), convolution c'(ck² + 1), for"
    " c, c' ≤ 2, k ≤ 3 and H, W ≤ k + 2"
)
def parameter_counts(rng: Rng, formula: Callable = layer_parameters) -> tuple:
    found, expected = [], []
    for given, made, kernel, *more in product((1, 2), (1, 2), (1, 2, 3), (0, 1, 2), (0, 1, 2)):
        size = (kernel + more[0], kernel + more[1])
        # The matrix of the layer: where it is not 0, there is a weight.
        once = convolution_matrix(np.ones((given, kernel, kernel)), (given, *size))
        layer = torch.nn.Conv2d(given, made, kernel, device="meta")
        found.append(formula((given, made), size, kernel))
        expected.append(
            {
                "dense": made * (once.size + len(once)),
                "local": made * (np.count_nonzero(once) + len(once)),
                "convolution": parameter_count(layer),
            }
        )
    return found, expected


@exact_check("K ⋆ (Sx) = S(K ⋆ x) while x and its windows stay inside the image")
def equivariance(draw: Draw, formula: Callable = moved) -> tuple:
    x, kernel = np.zeros((9, 11), dtype=int).astype(object), draw(2, 3)
    x[3:6, 4:7] = draw(3, 3)
    shift = tuple(int(step) for step in draw.rng.choice([-2, -1, 1, 2], 2))
    return formula(slid(x, kernel), *shift), slid(np.roll(x, shift, axis=(0, 1)), kernel)


# (b) The filter ---------------------------------------------------------------------------


WINDOWS = sympy.Matrix(sliding_window_view(SIGNAL, 3).tolist())
"""The matrix A of the three equations."""


@identity_check(
    "h₁ = −2 − 4h₂ and h₃ = −5 − 8h₂ solve the first two equations, and the third then"
    " says −26h₂ − 26 = 0"
)
def elimination_steps(rng: Rng, formula: Callable = elimination) -> tuple:
    h2 = sympy.Symbol("h2")
    h1, h3, left = formula(h2)
    return WINDOWS * sympy.Matrix([h1, h2, h3]) - sympy.Matrix(OUTPUT), sympy.Matrix([0, 0, left])


@identity_check("det A = −52, and Ah = y has the one solution h = (2, −1, 3)")
def filter_solves_the_system(rng: Rng, formula: tuple = FILTER) -> tuple:
    return (sympy.Matrix(formula), -52), (WINDOWS.LUsolve(sympy.Matrix(OUTPUT)), WINDOWS.det())


@exhaustive_check("h slid over (1, 4, 0, −2, 3) gives (−2, 2, 11), in PyTorch and NumPy")
def filter_convolved(rng: Rng, formula: tuple = FILTER) -> tuple:
    signal, h = np.array(SIGNAL, dtype=float), np.array(formula, dtype=float)
    by_torch = conv1d(tensor(signal)[0], tensor(h)[0][None])[0].numpy()
    flipped = np.convolve(signal, h[::-1], mode="valid")  # NumPy's convolution flips: undone here
    return [by_torch, flipped], [np.array(OUTPUT)] * 2


# (c) Transpose convolution ----------------------------------------------------------------


@identity_check("the definition gives the text's [ax, ay, az + bx, by, bz + cx, cy, cz]")
def example_of_the_text(rng: Rng, formula: Callable = transpose_convolution) -> tuple:
    a, b, c, x, y, z = sympy.symbols("a b c x y z")
    expected = [a * x, a * y, a * z + b * x, b * y, b * z + c * x, c * y, c * z]
    return formula(np.array([a, b, c]), np.array([x, y, z]), 2), np.array(expected)


@exhaustive_check("the answer is the output of PyTorch's conv_transpose2d")
def answer_by_pytorch(rng: Rng, formula: np.ndarray = ANSWER) -> tuple:
    expected = conv_transpose2d(tensor(np.array(INPUT)), tensor(np.array(KERNEL)))[0, 0].numpy()
    return formula, expected


@exhaustive_check("the answer is Cᵀx, C the matrix of the convolution from 3 × 3 to 2 × 2")
def answer_by_matrix(rng: Rng, formula: np.ndarray = ANSWER) -> tuple:
    matrix = convolution_matrix(np.array(KERNEL), (3, 3))
    return formula, (matrix.T @ np.ravel(INPUT)).reshape(3, 3)


@exhaustive_check("the output has (n − 1)s + k samples along each axis")
def size_of_the_output(rng: Rng, formula: Callable = output_size) -> tuple:
    found, expected = [], []
    for n, kernel, stride in product(range(1, 7), range(1, 6), range(1, 5)):
        layer = torch.nn.ConvTranspose2d(1, 1, kernel, stride=stride, device="meta")
        made = layer(torch.empty(1, 1, n, n, device="meta"))
        back = torch.nn.Conv2d(1, 1, kernel, stride=stride, device="meta")
        found.append((formula(n, kernel, stride), n))
        expected.append((made.shape[-1], back(made).shape[-1]))
    return found, expected


@exact_check("sum of scaled and shifted kernels = Cᵀx")
def definition_is_the_transpose(draw: Draw, formula: Callable = transpose_convolution) -> tuple:
    x, kernel, stride = draw_planes(draw)
    shape = tuple(output_size(n, k, stride) for n, k in zip(x.shape, kernel.shape, strict=True))
    expected = (convolution_matrix(kernel, shape, stride).T @ x.ravel()).reshape(shape)
    return formula(x, kernel, stride), expected


@exact_gradient_check("∂L/∂x of a convolution is the transpose convolution of ∂L/∂y")
def backward_of_convolution(draw: Draw, formula: Callable = transpose_convolution) -> tuple:
    upstream, kernel, stride = draw_planes(draw)
    sizes = zip(upstream.shape, kernel.shape, strict=True)
    x = draw(*(output_size(n, k, stride) for n, k in sizes))
    return (
        formula(upstream, kernel, stride),
        lambda x: (upstream * slid(x, kernel, stride)).sum(),
        x,
    )
