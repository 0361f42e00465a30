"""CSCI 5527 HW 2, problem 3: f(W₁, W₂, W₃) = ½‖Y − W₃σ(W₂σ(W₁X))‖²_F and its gradients.

The backward pass is written out here as the chapter derives it, node by node, and held against
PyTorch; so is the tape of `proofsheet.autodiff`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy
import torch

from proofsheet.autodiff.primitives import half_squared_norm, relu
from proofsheet.autodiff.reverse import Variable, backward
from proofsheet.checks import derivation_check, equality_check, relative_error

SEED = 55272025
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


def network(given: Mapping[str, Any]) -> dict[str, Any]:
    """Every node of the graph, the given ones among them, by the names of the text."""
    v = {name: Variable(matrix, latex(name)) for name, matrix in given.items()}
    v["V1"] = v["W1"] @ v["X"]
    v["V2"] = relu(v["V1"])
    v["V3"] = v["W2"] @ v["V2"]
    v["V4"] = relu(v["V3"])
    v["V5"] = v["W3"] @ v["V4"]
    v["D"] = v["Y"] - v["V5"]
    v["z"] = half_squared_norm(v["D"])
    return {name: node.named(latex(name)) for name, node in v.items()}


def tape_gradients(given: Matrices) -> dict[str, np.ndarray]:
    """Gradient of f with respect to every node, by the tape."""
    nodes = network(given)
    backward(nodes["z"])
    return {name: node.gradient for name, node in nodes.items()}


def forward_pass(given: Matrices) -> dict[str, np.ndarray]:
    """The value of every node, as the chapter writes them."""
    v = dict(given)
    v["V1"] = v["W1"] @ v["X"]
    v["V2"] = np.maximum(v["V1"], 0)
    v["V3"] = v["W2"] @ v["V2"]
    v["V4"] = np.maximum(v["V3"], 0)
    v["V5"] = v["W3"] @ v["V4"]
    v["D"] = v["Y"] - v["V5"]
    v["z"] = np.sum(v["D"] ** 2) / 2
    return v


def backward_pass(v: Matrices, at_zero: float = 0.0) -> dict[str, np.ndarray]:
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
    v = {name: torch.tensor(matrix).requires_grad_() for name, matrix in given.items()}
    v["V1"] = torch.matmul(v["W1"], v["X"])
    v["V2"] = torch.nn.functional.relu(v["V1"])
    v["V3"] = torch.matmul(v["W2"], v["V2"])
    v["V4"] = torch.nn.functional.relu(v["V3"])
    v["V5"] = torch.matmul(v["W3"], v["V4"])
    v["D"] = v["Y"] - v["V5"]
    v["z"] = v["D"].square().sum() / 2
    for tensor in v.values():
        tensor.retain_grad()
    v["z"].backward()
    values = {name: tensor.detach().numpy() for name, tensor in v.items()}
    return values, {name: tensor.grad.numpy() for name, tensor in v.items()}


def float64(given: Matrices) -> dict[str, np.ndarray]:
    """The same matrices in double precision."""
    return {name: matrix.astype(np.float64) for name, matrix in given.items()}


def random_matrices(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A network of random sizes with random data."""
    n, d, h1, h2, k = rng.integers(1, 8, 5)
    shapes = {"Y": (k, n), "X": (d, n), "W1": (h1, d), "W2": (h2, h1), "W3": (k, h2)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def torch_rule(operation: Callable[..., Any], g: np.ndarray, *inputs: np.ndarray) -> list[Any]:
    """∇⟨operation(inputs), G⟩ with respect to each input, G fixed, by PyTorch."""
    tensors = [torch.tensor(x).requires_grad_() for x in inputs]
    product = (operation(*tensors) * torch.tensor(g)).sum()
    return [x.numpy() for x in torch.autograd.grad(product, tensors)]


# --- the rule itself


def moved_factors(A: Any, B: Any, C: Any) -> tuple[Any, Any]:
    """What stands beside C, and beside B, in ⟨A, BC⟩ = ⟨·, C⟩ = ⟨·, B⟩."""
    return B.T * A, A * C.T


@derivation_check(
    claim="⟨A, BC⟩ = ⟨BᵀA, C⟩ = ⟨ACᵀ, B⟩",
    method="symbolic", tolerance=0,
)  # fmt: skip
def factors_move(rng, formula=moved_factors):
    A, B, C = (
        sympy.Matrix(m, n, sympy.symbols(f"{letter}:{m * n}"))
        for letter, (m, n) in {"a": (2, 4), "b": (2, 3), "c": (3, 4)}.items()
    )

    def inner(P: Any, Q: Any) -> Any:
        return (P.T * Q).trace()

    left, right = formula(A, B, C)
    whole = inner(A, B * C)
    return float(any(sympy.expand(whole - part) != 0 for part in (inner(left, C), inner(right, B))))


def gradient_of_inner_product(F: Callable[..., Any], V: Any, G: Callable[..., Any]) -> Any:
    """∇_V ⟨F(V), G⟩, where G is evaluated first and then held fixed."""
    V = V.clone().requires_grad_()
    fixed = G(F(V)).detach()
    return torch.autograd.grad((F(V) * fixed).sum(), V)[0]


def random_map(rng: np.random.Generator) -> tuple[Callable[..., Any], Callable[..., Any], Any]:
    """A nonlinear F from matrices to matrices, a scalar function h of its result, a point V."""
    A, B, C, V = (torch.tensor(rng.standard_normal(s)) for s in [(3, 2), (4, 5), (3, 5), (2, 4)])
    return lambda W: torch.sin(A @ W @ B) + C, lambda U: (U**3).sum() + (U[0] * U[1]).sum(), V


@equality_check(
    "Jᵀ(G) = ∇_V ⟨F(V), G⟩ for fixed G, with the Jacobian J written out as a tensor",
    method="autograd",
    trials=50,
)
def transposed_jacobian(rng, formula=gradient_of_inner_product):
    F, _, V = random_map(rng)
    direction = torch.tensor(rng.standard_normal((3, 5)))
    jacobian = torch.func.jacrev(F)(V)  # (rows and columns of F, rows and columns of V)
    actual = formula(F, V, lambda U: direction * U**2)
    return actual, torch.einsum("ij,ijkl->kl", direction * F(V) ** 2, jacobian)


@equality_check(
    "∇_{V_i} f = ∇_{V_i} ⟨V_j, ∇_{V_j} f⟩, the second factor held fixed",
    method="autograd",
    trials=50,
)
def chain_rule(rng, formula=gradient_of_inner_product):
    F, h, V = random_map(rng)
    expected = torch.func.grad(lambda W: h(F(W)))(V)
    return formula(F, V, torch.func.grad(h)), expected


# --- one rule per node


@equality_check("z = ½‖D‖²: D.g = z.g D", method="autograd")
def rule_half_squared_norm(rng, formula=lambda g, D: g * D):
    g, D = rng.standard_normal(()), rng.standard_normal(rng.integers(1, 8, 2))
    return formula(g, D), torch_rule(lambda d: d.square().sum() / 2, g, D)[0]


@equality_check("D = Y − V₅: V₅.g = −D.g (and Y.g = D.g, were Y a variable)", method="autograd")
def rule_subtraction(rng, formula=lambda g: (g, -g)):
    Y, V, g = rng.standard_normal((3, *rng.integers(1, 8, 2)))
    expected = torch_rule(lambda y, v: y - v, g, Y, V)
    return formula(g), expected


def random_product(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, V and a gradient of the shape of WV."""
    m, k, n = rng.integers(1, 8, 3)
    return (
        rng.standard_normal((m, k)),
        rng.standard_normal((k, n)),
        rng.standard_normal((m, n)),
    )


@equality_check("V_j = W V_i: V_i.g = Wᵀ V_j.g", method="autograd")
def rule_right_factor(rng, formula=lambda W, V, g: W.T @ g):
    W, V, g = random_product(rng)
    return formula(W, V, g), torch_rule(torch.matmul, g, W, V)[1]


@equality_check("V_j = W V_i: W.g = V_j.g V_iᵀ", method="autograd")
def rule_left_factor(rng, formula=lambda W, V, g: g @ V.T):
    W, V, g = random_product(rng)
    return formula(W, V, g), torch_rule(torch.matmul, g, W, V)[0]


@equality_check(
    "V_j = σ(V_i): V_i.g = V_j.g ⊙ 1[V_i > 0], with 0 at the kink as in PyTorch",
    method="autograd",
    tolerance=0,
)
def rule_relu(rng, formula=lambda V, g: g * (V > 0)):
    V, g = rng.standard_normal((2, *rng.integers(1, 8, 2)))
    V.flat[rng.integers(V.size)] = 0
    return formula(V, g), torch_rule(torch.relu, g, V)[0]


# --- ReLU at zero


def dead_columns(v: Matrices) -> np.ndarray:
    """(50,) truth values: no unit of the first layer is active on this data point."""
    return np.all(v["V1"] <= 0, axis=0)


@derivation_check(
    claim="an entry of V₃ is 0 exactly in the columns where every entry of V₁ is negative",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def zeros_of_v3(rng, formula=dead_columns):
    v = forward_pass(float64(given_matrices()))
    predicted = np.broadcast_to(formula(v), v["V3"].shape)
    return float(np.sum((v["V3"] == 0) != predicted) + np.sum(v["V1"] == 0))


@derivation_check(
    claim="the gradients of W₁, W₂, W₃ are the same numbers for σ′(0) = 0, ½ and 1",
    method="exhaustive", tolerance=0,
)  # fmt: skip
def convention_does_not_matter(rng, formula=backward_pass):
    v = forward_pass(float64(given_matrices()))
    chosen = formula(v, 0.0)
    return max(
        float(np.max(np.abs(formula(v, s)[name] - chosen[name])))
        for s in (0.5, 1.0)
        for name in ("W1", "W2", "W3")
    )


@equality_check(
    "central differences of f around the given weights give ⟨∇f, dW⟩",
    method="finite-difference",
    trials=50,
    tolerance=1e-7,
)
def finite_differences(rng, formula=backward_pass):
    given = float64(given_matrices())
    weights = {name: rng.standard_normal(given[name].shape) for name in ("W1", "W2", "W3")}
    step = 1e-6

    def f(sign: int) -> float:
        moved = {name: given[name] + sign * step * d for name, d in weights.items()}
        return float(forward_pass({**given, **moved})["z"])

    slope = (f(1) - f(-1)) / (2 * step)
    g = formula(forward_pass(given))
    terms = [g[name] * d for name, d in weights.items()]
    return sum(t.sum() for t in terms), slope, sum(np.abs(t).sum() for t in terms)


# --- the whole pass


@derivation_check(
    claim="the backward pass as derived gives every node's gradient, for any sizes and data",
    method="autograd", trials=100, tolerance=1e-12,
)  # fmt: skip
def derived_backward_pass(rng, formula=backward_pass):
    given = random_matrices(rng)
    expected = torch_pass(given)[1]
    actual = formula(forward_pass(given))
    return max(relative_error(actual[name], expected[name]) for name in expected)


@derivation_check(
    claim="on the given matrices the tape's gradient of every node is PyTorch's, in float64",
    method="autograd", tolerance=1e-12,
)  # fmt: skip
def tape_on_given_matrices(rng, formula=tape_gradients):
    """Largest absolute difference; the gradients themselves reach several hundred."""
    given = float64(given_matrices())
    actual, expected = formula(given), torch_pass(given)[1]
    return max(float(np.max(np.abs(actual[name] - expected[name]))) for name in expected)


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
