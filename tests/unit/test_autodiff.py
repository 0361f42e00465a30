"""Both modes against PyTorch and finite differences, over random shapes and expressions."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from matplotlib.figure import Figure

from proofsheet.autodiff import primitives as ops
from proofsheet.autodiff.drawing import draw_graph, layers_of, layout
from proofsheet.autodiff.forward import Dual, forward_jacobian, push_forward
from proofsheet.autodiff.node import tape
from proofsheet.autodiff.reverse import Variable, backward, gradient, reverse_jacobian
from proofsheet.autodiff.trace import contract, forward_trace, reverse_trace

# Every row of the table: the same function in PyTorch, and a range where it is smooth.
ELEMENTWISE = {
    "add": (torch.add, (-2, 2)),
    "subtract": (torch.sub, (-2, 2)),
    "multiply": (torch.mul, (-2, 2)),
    "divide": (torch.div, (0.5, 2)),
    "negative": (torch.neg, (-2, 2)),
    "sin": (torch.sin, (-4, 4)),
    "cos": (torch.cos, (-4, 4)),
    "exp": (torch.exp, (-2, 2)),
    "log": (torch.log, (0.3, 3)),
    "sigmoid": (torch.sigmoid, (-6, 6)),
    "relu": (torch.relu, (-2, 2)),
}
MATRIX = {
    "matmul": (torch.matmul, [(3, 4), (4, 2)]),
    "transpose": (torch.t, [(3, 4)]),
    "total": (torch.sum, [(3, 4)]),
    "half_squared_norm": (lambda a: a.square().sum() / 2, [(3, 4)]),
}
BINARY = {"add", "subtract", "multiply", "divide"}


def rows() -> dict[str, ops.Primitive]:
    return {name: row for name, row in vars(ops).items() if isinstance(row, ops.Primitive)}


def compare_with_torch(function, torch_function, inputs) -> None:
    """Value, Jacobians and gradient of `function` in both modes."""
    tensors = tuple(torch.tensor(x) for x in inputs)
    value, tangent = push_forward(function, inputs, [np.ones_like(x) for x in inputs])
    expected, expected_tangent = torch.func.jvp(
        torch_function, tensors, tuple(torch.ones_like(x) for x in tensors)
    )
    np.testing.assert_allclose(value, expected.numpy().ravel(), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(tangent, expected_tangent.numpy().ravel(), rtol=1e-12, atol=1e-12)
    places = tuple(range(len(inputs)))
    for ours, theirs in (
        (forward_jacobian, torch.func.jacfwd),
        (reverse_jacobian, torch.func.jacrev),
    ):
        parts = theirs(torch_function, argnums=places)(*tensors)
        jacobian = torch.cat([part.reshape(value.size, -1) for part in parts], dim=1).numpy()
        np.testing.assert_allclose(ours(function, *inputs), jacobian, rtol=1e-12, atol=1e-12)


def test_the_lists_above_are_complete():
    assert rows().keys() == {*ELEMENTWISE, *MATRIX, "power"}


@pytest.mark.parametrize("name", ELEMENTWISE)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_elementwise_rows_broadcast_as_pytorch_does(name, data):
    function, (low, high) = ELEMENTWISE[name]
    count = 2 if name in BINARY else 1
    shapes = data.draw(mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=3))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    inputs = [rng.uniform(low, high, shape) for shape in shapes.input_shapes]
    compare_with_torch(rows()[name], function, inputs)


@pytest.mark.parametrize("name", MATRIX)
def test_matrix_rows(name):
    function, shapes = MATRIX[name]
    rng = np.random.default_rng(1)
    compare_with_torch(rows()[name], function, [rng.standard_normal(shape) for shape in shapes])


@pytest.mark.parametrize("exponent", [-2, -1, 0, 0.5, 1, 2, 3.5])
def test_powers(exponent):
    x = np.array([0.3, 1.0, 2.5])
    compare_with_torch(lambda a: a**exponent, lambda a: a**exponent, [x])


@pytest.mark.parametrize("exponent", [0, 1, 2, 3])
def test_powers_of_zero(exponent):
    compare_with_torch(lambda a: a**exponent, lambda a: a**exponent, [np.zeros(2)])


def test_variable_exponents():
    compare_with_torch(lambda a, b: a**b, lambda a, b: a**b, [np.array(1.7), np.array(-0.6)])
    compare_with_torch(lambda b: 1.7**b, lambda b: 1.7**b, [np.array(-0.6)])


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_sums_over_an_axis(axis):
    x = np.random.default_rng(2).standard_normal((3, 4))
    compare_with_torch(lambda a: a.sum(axis), lambda a: a.sum(axis), [x])


# --- random expressions: built once, run by every mode and by PyTorch

LEAVES = st.sampled_from(["x", "y", 0.7, -1.3])
UNARY = ("sin", "cos", "exp", "sigmoid", "negative")


def extend(inner):
    return st.one_of(
        st.tuples(st.sampled_from(UNARY), inner),
        st.tuples(st.sampled_from(["add", "subtract", "multiply"]), inner, inner),
        # Kept away from the pole.
        st.tuples(st.just("divide"), inner, st.tuples(st.just("above_one"), inner)),
    )


def evaluate(tree, names, table):
    if not isinstance(tree, tuple):
        return names.get(tree, tree) if isinstance(tree, str) else tree
    operation, *arguments = tree
    values = [evaluate(argument, names, table) for argument in arguments]
    if operation == "above_one":
        return 1.5 + table["sigmoid"](values[0])
    return table[operation](*values)


@settings(max_examples=150, deadline=None)
@given(
    tree=st.recursive(LEAVES, extend, max_leaves=12),
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
)
def test_random_expressions(tree, x, y):
    def f(x, y):
        return evaluate(tree, {"x": x, "y": y}, rows())

    def f_torch(x, y):
        # A constant has no tensor methods; 0·x makes it depend on the inputs, with derivative 0.
        lifted = {
            name: lambda *a, op=op: op(*(torch.as_tensor(v, dtype=torch.float64) for v in a))
            for name, (op, _) in ELEMENTWISE.items()
        }
        return evaluate(tree, {"x": x, "y": y}, lifted) + 0 * x

    tx, ty = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    value = f_torch(tx, ty).item()
    # Towers of exponentials overflow in every implementation; there is nothing to compare.
    if not math.isfinite(value) or abs(value) > 1e100:
        return
    expected = [d.item() for d in torch.func.jacrev(f_torch, argnums=(0, 1))(tx, ty)]
    scale = max(1.0, *map(abs, expected))
    for jacobian in (forward_jacobian, reverse_jacobian):
        np.testing.assert_allclose(jacobian(f, x, y)[0], expected, rtol=1e-9, atol=1e-9 * scale)


def test_sigmoid_at_the_ends():
    x = Variable([-1000.0, -40.0, 0.0, 1000.0])
    with np.errstate(over="raise"):
        y = ops.sigmoid(x)
        backward(y.sum())
    np.testing.assert_allclose(y.value, [0, math.exp(-40), 0.5, 1], rtol=1e-13)
    np.testing.assert_allclose(x.gradient, [0, math.exp(-40), 0.25, 0], rtol=1e-13)


# --- the graph


def test_arrays_and_numbers_on_the_left():
    x = Variable(np.ones((2, 2)))
    for y in (np.eye(2) @ x, np.ones(2) * x, 2 - x, 1 / x, np.float64(3) + x):
        assert isinstance(y, Variable)
        assert y.shape == (2, 2)


def test_a_number_alone_stays_a_number():
    assert ops.sin(0.5) == math.sin(0.5)


def test_single_precision_stays_single():
    for x in (Variable(np.float32(0.5)), Variable(np.ones((2, 3), np.float32))):
        y = (ops.sigmoid(2.0 * x) ** 2 / 3 + ops.exp(-x) - 1).sum()
        backward(y)
        assert y.value.dtype == x.gradient.dtype == np.float32
    dual = ops.relu(3 * Dual(np.float32(0.5), 1))
    assert dual.value.dtype == dual.tangent.dtype == np.float32


def test_a_second_sweep_starts_afresh():
    x = Variable(3.0)
    y = x * x
    backward(y)
    backward(y)
    assert x.gradient == 6


def test_a_node_used_many_times_collects_all_contributions():
    x = Variable(0.9)
    y = x
    for _ in range(20):
        y = y + y
    backward(y)
    assert x.gradient == 2**20
    assert len(tape(y)) == 21


def test_deep_graphs_need_no_recursion():
    x = y = Variable(0.5)
    for _ in range(20_000):
        y = y * 1.0
    backward(y)
    assert x.gradient == 1


def test_an_unused_input_has_gradient_zero():
    assert [float(g) for g in gradient(lambda a, b: a * 2, 1.0, 5.0)] == [2, 0]
    np.testing.assert_array_equal(forward_jacobian(lambda a, b: (a, 3.0), 1, 5), [[1, 0], [0, 0]])
    np.testing.assert_array_equal(reverse_jacobian(lambda a, b: (a, 3.0), 1, 5), [[1, 0], [0, 0]])


def test_mistakes_are_refused():
    with pytest.raises(TypeError, match="do not mix"):
        Dual(1.0) + Variable(1.0)
    with pytest.raises(TypeError, match="must be a constant"):
        ops.power(Variable(1.0), Variable(2.0))
    with pytest.raises(ValueError, match="seeds"):
        backward(Variable([1.0, 2.0]))
    with pytest.raises(ValueError, match="call backward"):
        reverse_trace(ops.sin(Variable(1.0)))


# --- the trace


def arithmetic(latex: str) -> float:
    """The number that a formula of the trace stands for."""
    python = latex.replace(r"\cdot", "*").replace("{", "(").replace("}", ")").replace("^", "**")
    python = re.sub(r"\\(sin|cos|exp|ln) (\(?-?[\d.]+\)?)", r"\1(\2)", python)
    python = python.replace(r"\sigma", "sigmoid")
    functions = {"ln": math.log, "sigmoid": lambda x: 1 / (1 + math.exp(-x))}
    return eval(python, {"sin": math.sin, "cos": math.cos, "exp": math.exp, **functions})


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_printed_arithmetic_gives_the_printed_numbers(mode):
    """The formulas in the table's rows say the same as its functions."""

    def f(a, b):
        y = ops.log(a + b) * ops.sin(a) - ops.cos(b) / (a * b)
        return ops.exp(-y) + ops.sigmoid(b) + a**3

    if mode == "forward":
        steps = forward_trace(f(Dual(1.3, 0.4), Dual(0.8, -1.1)))
    else:
        output = f(Variable(1.3), Variable(0.8))
        backward(output)
        steps = reverse_trace(output)
    for step in steps:
        if step.arithmetic:
            assert arithmetic(step.arithmetic) == pytest.approx(float(step.value), abs=1e-3)
        if step.derivative_arithmetic:
            printed = arithmetic(step.derivative_arithmetic)
            assert printed == pytest.approx(float(step.derivative), abs=2e-3)


def test_names_and_formulas_of_a_matrix_trace():
    W, X = Variable(np.ones((2, 3)), r"\boldsymbol{W}_1"), Variable(np.ones((3, 4)), "X")
    z = ops.half_squared_norm(ops.relu(W @ X)).named("z")
    backward(z)
    steps = {s.name: s for s in reverse_trace(z, notation="{base}{index}.g")}
    assert list(steps) == [r"\boldsymbol{W}_1", "X", "v_{1}", "v_{2}", "z"]
    assert steps["v_{1}"].expression == r"\boldsymbol{W}_1 X"
    assert steps["X"].derivative_expression == r"\boldsymbol{W}_1^\top\, v_{1}.g"
    assert steps[r"\boldsymbol{W}_1"].derivative_expression == r"v_{1}.g\, X^\top"
    assert steps["v_{1}"].derivative_expression == r"v_{2}.g \odot \mathbf{1}[v_{1} > 0]"
    assert not any(s.arithmetic or s.derivative_arithmetic for s in steps.values())


def test_contraction_keeps_paths():
    X = Variable(np.ones((4, 3)), "X")
    mean = (X.sum(0) / 4).named("mean")
    Y = ((X - mean) * 2).named("Y")
    backward(Y, seeds=[np.ones((4, 3))])
    kept = contract(reverse_trace(Y), ["X", "mean", "Y"])
    assert {s.name: s.parents for s in kept} == {"X": (), "mean": ("X",), "Y": ("X", "mean")}
    assert all(s.expression == "" for s in kept)


# --- the drawing

CHAIN = {"W": (), "X": (), "A": ("W", "X"), "B": ("A",), "U": (), "C": ("U", "B"), "D": ("C", "X")}


def test_edges_run_from_left_to_right():
    layer = layers_of(CHAIN)
    assert all(layer[parent] < layer[child] for child in CHAIN for parent in CHAIN[child])
    assert layer["U"] == layer["C"] - 1  # an input stands by its use


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sets(st.integers(0, 100), max_size=3), min_size=2, max_size=14))
def test_nodes_keep_their_distance(draws):
    graph = {i: tuple({d % i for d in drawn}) if i else () for i, drawn in enumerate(draws)}
    place = list(layout(graph).values())
    for k, (x, y) in enumerate(place):
        # Half of each step is taken at a time, so the distance is reached in the limit.
        assert all(x != u or abs(y - v) > 0.99 for u, v in place[:k])


def test_an_edge_per_argument_is_drawn():
    axes = Figure().add_subplot()
    draw_graph(axes, CHAIN, above={"A": "$WX$"}, below={"D": "1.0"}, backward=True)
    assert len(axes.lines) == sum(map(len, CHAIN.values()))
    assert len(axes.patches) == len(CHAIN)
