"""CSCI 5527 HW 2, problem 3: f(W₁, W₂, W₃) = ½‖Y − W₃σ(W₂σ(W₁X))‖²_F and its gradients.

The backward pass is written out here as the chapter derives it, node by node, and proved; the tape
of `proofsheet.autodiff` is held against PyTorch.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.autodiff import primitives
from proofsheet.autodiff.reverse import Variable, backward
from proofsheet.checks import (
    derivation_check,
    equality_check,
    exact_check,
    exact_gradient_check,
    exhaustive_check,
    identity_check,
)
from proofsheet.exact import Draw, derivative

SEED = 55272025
WEIGHTS = ("W1", "W2", "W3")
SHAPES = {"Y": (2, 50), "X": (5, 50), "W1": (4, 5), "W2": (3, 4), "W3": (2, 3)}
Matrices = Mapping[str, np.ndarray]


def given_matrices() -> dict[str, np.ndarray]:
    """Y, X, W₁, W₂, W₃ as PyTorch draws them in this order, in float32."""
    torch.manual_seed(SEED)
    return {name: torch.randn(shape).numpy() for name, shape in SHAPES.items()}


def latex(name: str) -> str:
    """W1 -> bold W with index 1; z stays a scalar."""
    if name == "z":
        return name
    return rf"\boldsymbol{{{name[0]}}}" + (f"_{name[1:]}" if name[1:] else "")


def forward_pass(
    given: Mapping[str, Any],
    relu: Callable[[Any], Any] = lambda V: np.maximum(V, 0),
    half_squared_norm: Callable[[Any], Any] = lambda D: (D * D).sum() / 2,
) -> dict[str, Any]:
    """Every node, as the chapter writes them, from arrays, tensors or variables of the tape."""
    v = dict(given)
    v["V1"] = v["W1"] @ v["X"]
    v["V2"] = relu(v["V1"])
    v["V3"] = v["W2"] @ v["V2"]
    v["V4"] = relu(v["V3"])
    v["V5"] = v["W3"] @ v["V4"]
    v["D"] = v["Y"] - v["V5"]
    v["z"] = half_squared_norm(v["D"])
    return v


def network(given: Matrices) -> dict[str, Variable]:
    """Every node of the graph on the tape, after the backward pass."""
    leaves = {name: Variable(matrix) for name, matrix in given.items()}
    v = forward_pass(leaves, primitives.relu, primitives.half_squared_norm)
    backward(v["z"])
    return {name: node.named(latex(name)) for name, node in v.items()}


def backward_pass(v: Matrices, at_zero: float = 0) -> dict[str, np.ndarray]:
    """The gradient of every node, as the chapter derives them.

    Args:
        v: values of the forward pass.
        at_zero: what σ′(0) is taken to be.
    """

    def slope(V: np.ndarray) -> np.ndarray:
        return (V > 0) + at_zero * (V == 0)

    g = {"z": np.ones(())}
    g["D"] = v["D"]
    g["Y"] = g["D"]
    g["V5"] = -g["D"]
    g["W3"] = g["V5"] @ v["V4"].T
    g["V4"] = v["W3"].T @ g["V5"]
    g["V3"] = g["V4"] * slope(v["V3"])
    g["W2"] = g["V3"] @ v["V2"].T
    g["V2"] = v["W2"].T @ g["V3"]
    g["V1"] = g["V2"] * slope(v["V1"])
    g["W1"] = g["V1"] @ v["X"].T
    g["X"] = v["W1"].T @ g["V1"]
    return g


def torch_pass(given: Matrices) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Values and gradients of every node by PyTorch's autograd, in the precision of `given`."""
    leaves = {name: torch.tensor(matrix, requires_grad=True) for name, matrix in given.items()}
    v = forward_pass(leaves, torch.relu)
    for tensor in v.values():
        tensor.retain_grad()
    v["z"].backward()
    values = {name: tensor.detach().numpy() for name, tensor in v.items()}
    return values, {name: tensor.grad.numpy() for name, tensor in v.items()}


def float64(given: Matrices) -> dict[str, np.ndarray]:
    """The same matrices in double precision."""
    return {name: matrix.astype(np.float64) for name, matrix in given.items()}


# --- the rule itself


@identity_check("⟨A, BC⟩ = ⟨BᵀA, C⟩ = ⟨ACᵀ, B⟩", simplify=sympy.expand)
def factors_move(rng, formula=lambda A, B, C: (B.T * A, A * C.T)):
    A, B, C = (
        sympy.Matrix(m, n, sympy.symbols(f"{letter}:{m * n}"))
        for letter, (m, n) in {"a": (2, 4), "b": (2, 3), "c": (3, 4)}.items()
    )
    beside_C, beside_B = formula(A, B, C)
    whole = (A.T * B * C).trace()
    return ((beside_C.T * C).trace(), (beside_B.T * B).trace()), (whole, whole)


def slopes(function: Callable[..., Any], V: np.ndarray) -> np.ndarray:
    """∂function/∂V_kl for each entry of V, (..., rows, columns), by exact derivatives."""
    units = np.eye(V.size, dtype=int).reshape(-1, *V.shape)
    columns = [derivative(function, V, unit) for unit in units]
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *V.shape)


def gradient_of_inner_product(F: Callable[..., Any], V: Any, G: Callable[..., Any]) -> Any:
    """∇_V ⟨F(V), G⟩, where G is evaluated first and then held fixed."""
    fixed = G(F(V))
    return slopes(lambda V: np.sum(F(V) * fixed), V)


def draw_map(draw: Draw) -> tuple[Callable[..., Any], np.ndarray]:
    """A nonlinear F from matrices to matrices, and a point."""
    A, B, C = draw(3, 2), draw(2, 4), draw(3, 4)
    return lambda V: np.sin(A @ V @ B) + C, draw(2, 2)


@exact_check("Jᵀ(G) = ∇_V ⟨F(V), G⟩ for fixed G, with the Jacobian J written out as a tensor")
def transposed_jacobian(draw, formula=gradient_of_inner_product):
    F, V = draw_map(draw)
    weights = draw(3, 4)
    actual = formula(F, V, lambda U: weights * U**2)
    return actual, np.einsum("ij,ijkl->kl", weights * F(V) ** 2, slopes(F, V))


@exact_check("∇_{V_i} f = ∇_{V_i} ⟨V_j, ∇_{V_j} f⟩, the second factor held fixed")
def chain_rule(draw, formula=gradient_of_inner_product):
    F, V = draw_map(draw)
    return formula(F, V, lambda U: 3 * U**2), slopes(lambda V: np.sum(F(V) ** 3), V)


# --- one rule per node


@exact_gradient_check("z = ½‖D‖²: D.g = z.g D")
def rule_half_squared_norm(draw, formula=lambda g, D: g * D):
    g, D = draw(), draw(2, 3)
    return formula(g, D), lambda D: g * np.sum(D**2) / 2, D


@exact_gradient_check("D = Y − V₅: V₅.g = −D.g (and Y.g = D.g, were Y a variable)")
def rule_subtraction(draw, formula=lambda g: (g, -g)):
    Y, V, g = draw(3, 2, 3)
    return formula(g), lambda Y, V: np.sum((Y - V) * g), (Y, V)


@exact_gradient_check("V_j = W V_i: V_i.g = Wᵀ V_j.g")
def rule_right_factor(draw, formula=lambda W, V, g: W.T @ g):
    W, V, g = draw(2, 3), draw(3, 4), draw(2, 4)
    return formula(W, V, g), lambda V: np.sum((W @ V) * g), V


@exact_gradient_check("V_j = W V_i: W.g = V_j.g V_iᵀ")
def rule_left_factor(draw, formula=lambda W, V, g: g @ V.T):
    W, V, g = draw(2, 3), draw(3, 4), draw(2, 4)
    return formula(W, V, g), lambda W: np.sum((W @ V) * g), W


@exact_check(
    "V_j = σ(V_i): V_i.g = V_j.g ⊙ 1[V_i > 0], with 0 at the kink as in PyTorch", ordered=True
)
def rule_relu(draw, formula=lambda V, g: g * (V > 0)):
    V, g = np.abs(draw(3)) * [1, -1, 0], draw(3)  # each sign once
    kink = torch.zeros((), requires_grad=True)
    torch.relu(kink).backward()
    # The map is diagonal, hence its own adjoint.
    pushed = derivative(lambda V: np.maximum(V, 0), V[:2], g[:2])
    return formula(V, g), [*pushed, g[2] * float(kink.grad)]


# --- ReLU at zero


def dead_columns(v: Matrices) -> np.ndarray:
    """(50,) truth values: no unit of the first layer is active on this data point."""
    return np.all(v["V1"] <= 0, axis=0)


@exhaustive_check("an entry of V₃ is 0 exactly in the columns where every entry of V₁ is negative")
def zeros_of_v3(rng, formula=dead_columns):
    v = forward_pass(float64(given_matrices()))
    predicted = np.broadcast_to(formula(v), v["V3"].shape)
    return (predicted, False), (v["V3"] == 0, np.any(v["V1"] == 0))


@exhaustive_check("the gradients of W₁, W₂, W₃ are the same numbers for σ′(0) = 0, ½ and 1")
def convention_does_not_matter(rng, formula=backward_pass):
    v = forward_pass(float64(given_matrices()))
    zero, half, one = ([formula(v, s)[name] for name in WEIGHTS] for s in (0.0, 0.5, 1.0))
    return (half, one), (zero, zero)


@exhaustive_check(
    "at the given matrices the six-point difference quotient of f, exact for polynomials of"
    " degree 6, gives the derivative by each weight; in integers, so without rounding"
)
def finite_differences(rng, formula=backward_pass):
    # Powers of two make integers of float32 numbers; the ReLU lets such factors through.
    integers = np.vectorize(int, otypes=[object])
    given = {
        name: integers(np.ldexp(matrix, 200 if name == "Y" else 50))
        for name, matrix in float64(given_matrices()).items()
    }

    def doubled_loss(name: str, place: tuple[int, ...], steps: int) -> int:
        moved = given[name].copy()
        moved[place] += steps
        return np.sum(forward_pass(given | {name: moved})["D"] ** 2)

    def quotient(name: str, place: tuple[int, ...]) -> int:
        return sum(
            c * (doubled_loss(name, place, k) - doubled_loss(name, place, -k))
            for k, c in enumerate((45, -9, 1), 1)
        )

    gradients = formula(forward_pass(given))
    places = [(name, place) for name in WEIGHTS for place in np.ndindex(*given[name].shape)]
    return [120 * gradients[name][place] for name, place in places], [quotient(*p) for p in places]


# --- the whole pass


def draw_network(draw: Draw, signs: tuple[int, ...]) -> dict[str, np.ndarray]:
    """One data point, with these signs of the two entries of V₁ and the two of V₃."""
    shapes = {"Y": (2, 1), "X": (3, 1), "W1": (2, 3), "W2": (2, 2), "W3": (2, 2)}
    given = {name: draw(*shape) for name, shape in shapes.items()}
    for weight, node, wanted in (("W1", "V1", signs[:2]), ("W2", "V3", signs[2:])):
        for i, sign in enumerate(wanted):
            if (forward_pass(given)[node][i, 0] > 0) != (sign > 0):
                given[weight][i] = -given[weight][i]
    return given


def moved_loss(given: Matrices, shifts: Matrices) -> Any:
    """f, where each node is moved by its own shift and the pass goes on with the moved node."""
    given = {name: matrix + shifts[name] for name, matrix in given.items()}
    V1 = given["W1"] @ given["X"] + shifts["V1"]
    V2 = np.maximum(V1, 0) + shifts["V2"]
    V3 = given["W2"] @ V2 + shifts["V3"]
    V4 = np.maximum(V3, 0) + shifts["V4"]
    D = given["Y"] - (given["W3"] @ V4 + shifts["V5"]) + shifts["D"]
    return np.sum(D**2) / 2 + shifts["z"]


@exact_check(
    "the backward pass as derived gives every node's gradient at a data point, whichever units are"
    " active, but at least one of the first layer (else V₃ = 0)",
    trials=1,
    ordered=True,
)
def derived_backward_pass(draw, formula=backward_pass):
    actual, expected = [], []
    patterns = itertools.product((1, -1), repeat=4)
    for signs in (signs for signs in patterns if 1 in signs[:2]):
        given = draw_network(draw, signs)
        values = forward_pass(given)
        gradients = formula(values)
        for name, value in values.items():
            along = draw(*np.shape(value))
            still = {node: 0 * v for node, v in values.items()}
            loss = lambda shift: moved_loss(given, still | {name: shift})  # noqa: B023, E731
            actual.append(np.sum(gradients[name] * along))
            expected.append(derivative(loss, still[name], along))
    return tuple(actual), tuple(expected)


@equality_check(
    "on the given matrices the tape's gradient of every node is PyTorch's, in float64",
    method="autograd",
    trials=1,
)
def tape_on_given_matrices(
    rng, formula=lambda given: {name: node.gradient for name, node in network(given).items()}
):
    given = float64(given_matrices())
    return formula(given), torch_pass(given)[1], 1  # the gradients reach several hundred


def units(x: np.ndarray) -> np.ndarray:
    """x in units of the fourth decimal, rounded: what is printed."""
    return np.round(np.float64(x) * 1e4)


@derivation_check(
    claim="to four decimals, float64 here and float32 in PyTorch differ by at most one unit",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def four_decimals_in_float32(rng, formula=backward_pass):
    """By how many units the largest difference exceeds one."""
    given = given_matrices()
    v = forward_pass(float64(given))
    values, gradients = torch_pass(given)
    pairs = [(v[name], values[name]) for name in values]
    pairs += [(g, gradients[name]) for name, g in formula(v).items()]
    return max(0.0, max(np.max(np.abs(units(a) - units(b))) for a, b in pairs) - 1)
