"""EECS 182 HW 5, question 5: the formulas of the chapter, each held against a reference.

Letters as in the chapter: x is the data point with target y, r the dropout rate, q = 1 − r,
λ = r/q, x̃ the point under a mask, A = E[x̃x̃ᵀ], η the learning rate, D = diag(XᵀX).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import sympy
import torch
from scipy.optimize import linprog

from problems.eecs182_hw5.q5_dropout.cheating_feature import BITS, convnet, reach, write_answer
from problems.eecs182_hw5.q5_dropout.dropout_descent import (
    curvature,
    descend,
    loss_deviation,
    mean_iterate,
    moments,
)
from proofsheet.checks import derivation_check, equality_check, relative_error
from proofsheet.learning.dropout_of_one_point import (
    expected_loss,
    least_largest_solution,
    least_norm_solution,
    limit_of_minimizers,
    minimizer,
    smallest_loss,
)
from proofsheet.learning.optimizers import Adam

# The formulas that are not in `dropout` ---------------------------------------------------


def descent_on_one_point(x: np.ndarray, y: float, learning_rate: float, steps: int) -> np.ndarray:
    """w_T of gradient descent from 0 without dropout: (1 − (1 − 2η‖x‖²)^T) X⁺y."""
    shrunk = (1 - 2 * learning_rate * (x @ x)) ** steps
    return (1 - shrunk) * y * x / (x @ x)


def mean_by_powers(
    x: np.ndarray, y: float, rate: float, learning_rate: float, steps: int
) -> np.ndarray:
    """E w_T from w_0 = 0 without the minimizer: 2η Σ_{t<T} (I − 2ηA)^t y x."""
    step = np.eye(len(x)) - 2 * learning_rate * curvature(x, rate)
    powers = (np.linalg.matrix_power(step, t) for t in range(steps))
    return 2 * learning_rate * sum(powers) @ (y * x)


def loss_of_mask(kept: int, d: int, y: float, rate: float) -> float:
    """Loss at the minimizer under a mask that keeps that many features: y²(1 − k/(q(d + λ)))²."""
    keep = 1 - rate
    return y**2 * (1 - kept / (keep * (d + rate / keep))) ** 2


def two_weights(a: Any, b: Any, y: Any, rate: Any) -> tuple[Any, Any]:
    """The minimizer for x = (a, b), of numbers or of symbols: y(1 − r)/(2 − r) over each."""
    share = y * (1 - rate) / (2 - rate)
    return share / a, share / b


def slow_curvature(a: Any, b: Any) -> Any:
    """λ_min(A)/λ for λ → 0 and x = (a, b): 2a²b²/(a² + b²)."""
    return 2 * a**2 * b**2 / (a**2 + b**2)


def answer_reaches() -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Places (row, column) that see the answer after the first and after the second pooling."""
    columns, rows, side, found = range(32 - BITS, 32), range(31, 32), 32, []
    for _ in range(2):
        columns, rows = reach(side, columns, rows)
        side //= 2
        found.append(set(product(rows, columns)))
    return found[0], found[1]


# Random cases and references --------------------------------------------------------------


def draw_point(rng: np.random.Generator, d: int = 0) -> tuple[np.ndarray, float]:
    """A point whose features differ in size and sign, with a target that is not near 0."""
    d = d or int(rng.integers(1, 5))
    x = rng.choice([-1, 1], d) * 10 ** rng.uniform(-0.5, 0.5, d)
    return x, float(rng.choice([-1, 1]) * rng.uniform(0.5, 2))


def draw_rate(rng: np.random.Generator) -> float:
    """A dropout rate away from 0 and 1."""
    return float(rng.uniform(0.1, 0.8))


def masked(x: np.ndarray, rate: float) -> Iterator[tuple[np.ndarray, float]]:
    """Every masked point with its probability, mask by mask as its definition says."""
    for code in range(2 ** len(x)):
        row, chance = np.zeros(len(x)), 1.0
        for j in range(len(x)):
            kept = code >> j & 1
            row[j] = x[j] / (1 - rate) if kept else 0.0
            chance *= 1 - rate if kept else rate
        yield row, chance


def every_run(
    x: np.ndarray, y: float, rate: float, learning_rate: float, batch: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of w_T, over all sequences of batches that there are."""
    rows = list(masked(x, rate))
    ends, chances = [np.zeros(len(x))], [1.0]
    for _ in range(steps):
        after, weights = [], []
        for w, chance in zip(ends, chances, strict=True):
            for drawn in product(rows, repeat=batch):
                gradient = sum(2 * (row @ w - y) * row for row, _ in drawn) / batch
                after.append(w - learning_rate * gradient)
                weights.append(chance * math.prod(p for _, p in drawn))
        ends, chances = after, weights
    ends, chances = np.array(ends), np.array(chances)
    mean = chances @ ends
    return mean, (chances[:, None] * (ends - mean)).T @ (ends - mean)


# (a), (b) Without dropout -----------------------------------------------------------------


@equality_check("of all w with x·w = y the shortest is y x/‖x‖²")
def least_norm(rng, formula=least_norm_solution):
    x, y = draw_point(rng)
    expected = np.linalg.lstsq(x[None], np.array([y]), rcond=None)[0]
    return formula(x, y), expected


@equality_check(
    "gradient descent from 0 is w_T = (1 − (1 − 2η‖x‖²)^T) X⁺y", trials=30, tolerance=1e-10
)
def plain_descent(rng, formula=descent_on_one_point):
    x, y = draw_point(rng)
    rate, steps = 0.9 * rng.random() / (x @ x), int(rng.integers(1, 40))
    run = descend(x, y, 0.0, _sgd(rate), batch=1, steps=steps, seed=0)
    return formula(x, y, rate, steps), run.final


# (c) The dropped-out least squares --------------------------------------------------------


@equality_check("E(y − x̃·w)² = (y − x·w)² + λ Σ x_j² w_j²", method="exhaustive", tolerance=1e-11)
def mean_loss(rng, formula=expected_loss):
    x, y = draw_point(rng)
    rate, w = draw_rate(rng), rng.standard_normal(len(x))
    expected = sum(chance * (y - row @ w) ** 2 for row, chance in masked(x, rate))
    return formula(w, x, y, rate), expected


@equality_check(
    "the mean loss of PyTorch's dropout is this one, within 5 standard errors (10⁵ masks)",
    trials=10,
    tolerance=5,
)
def mean_loss_sampled(rng, formula=expected_loss):
    x, y = draw_point(rng)
    rate, w, count = draw_rate(rng), rng.standard_normal(len(x)), 100_000
    state = torch.get_rng_state()
    torch.manual_seed(int(rng.integers(2**31)))
    rows = torch.nn.functional.dropout(torch.from_numpy(np.tile(x, (count, 1))), rate)
    torch.set_rng_state(state)
    losses = (y - rows.numpy() @ w) ** 2
    return losses.mean(), formula(w, x, y, rate), losses.std() / math.sqrt(count)


@equality_check(
    "least squares over all masks, weighted by their probabilities, has x_j w_j = y/(d + λ)",
    method="exhaustive",
    tolerance=1e-10,
)
def dropout_minimizer(rng, formula=minimizer):
    x, y = draw_point(rng)
    rate = draw_rate(rng)
    rows, chances = map(np.array, zip(*masked(x, rate), strict=True))
    root = np.sqrt(chances)
    expected = np.linalg.lstsq(root[:, None] * rows, root * y, rcond=None)[0]
    return formula(x, y, rate), expected


@derivation_check(
    claim="for x = (a, b): w = y(1 − r)/(2 − r) · (1/a, 1/b)",
    method="symbolic",
    tolerance=0,
)
def two_features(rng, formula=two_weights):
    a, b, r = sympy.symbols("a b r", positive=True)
    y, w1, w2 = sympy.symbols("y w1 w2", real=True)
    q = 1 - r
    loss = (
        q**2 * (y - (a * w1 + b * w2) / q) ** 2
        + q * r * (y - a * w1 / q) ** 2
        + r * q * (y - b * w2 / q) ** 2
        + r**2 * y**2
    )
    (solution,) = sympy.solve([sympy.diff(loss, w) for w in (w1, w2)], [w1, w2], dict=True)
    return sum(
        sympy.simplify(found - solution[w]) != 0
        for found, w in zip(formula(a, b, y, r), (w1, w2), strict=True)
    )


@equality_check("the smallest mean loss is y² λ/(d + λ)", tolerance=1e-11)
def loss_at_minimizer(rng, formula=smallest_loss):
    x, y = draw_point(rng)
    rate = draw_rate(rng)
    rows, chances = map(np.array, zip(*masked(x, rate), strict=True))
    root = np.sqrt(chances)
    w = np.linalg.lstsq(root[:, None] * rows, root * y, rcond=None)[0]
    return formula(x, y, rate), chances @ (y - rows @ w) ** 2


# (d), (e) Training under dropout ----------------------------------------------------------


@derivation_check(
    claim="at the minimizer a mask that keeps k features has the loss y²(1 − k/(q(d + λ)))²",
    method="exhaustive",
    trials=50,
    tolerance=1e-10,
)
def losses_of_masks(rng, formula=loss_of_mask):
    x, y = draw_point(rng)
    rate = draw_rate(rng)
    w = minimizer(x, y, rate)
    return max(
        abs(formula(int(np.count_nonzero(row)), len(x), y, rate) - (y - row @ w) ** 2) / y**2
        for row, _ in masked(x, rate)
    )


@equality_check(
    "the loss of a batch of b masks has the standard deviation of one mask over √b (b = 3)",
    method="exhaustive",
    trials=30,
    tolerance=1e-10,
)
def batch_loss_deviation(rng, formula=loss_deviation):
    x, y = draw_point(rng, 2)
    rate, w = draw_rate(rng), rng.standard_normal(2)
    first = second = 0.0
    for drawn in product(masked(x, rate), repeat=3):
        chance = math.prod(p for _, p in drawn)
        loss = sum((y - row @ w) ** 2 for row, _ in drawn) / 3
        first, second = first + chance * loss, second + chance * loss**2
    return formula(w, x, y, rate, 3), math.sqrt(second - first**2)


@derivation_check(
    claim="E w_T − w* = (I − 2ηA)^T (w_0 − w*), with one row per batch or two",
    method="exhaustive",
    trials=20,
    tolerance=1e-10,
)
def mean_of_runs(rng, formula=mean_iterate):
    return _against_every_run(rng, lambda *case, batch, steps: (formula(*case, steps), None))


@derivation_check(
    claim="mean and covariance of w_T by the recursion of the second moments",
    method="exhaustive",
    trials=20,
    tolerance=1e-10,
)
def moments_of_runs(rng, formula=moments):
    return _against_every_run(rng, formula)


def _against_every_run(rng: np.random.Generator, formula: Callable) -> float:
    """Largest relative error of mean and, unless None, covariance, over both batch sizes."""
    x, y = draw_point(rng, 2)
    rate, learning_rate = draw_rate(rng), 0.1 * rng.random() / (x @ x)
    error = 0.0
    for batch, steps in ((1, 4), (2, 2)):
        expected = every_run(x, y, rate, learning_rate, batch, steps)
        found = formula(x, y, rate, learning_rate, batch=batch, steps=steps)
        for value, wanted in zip(found, expected, strict=True):
            if value is not None:
                error = max(error, relative_error(value, wanted))
    return error


# (g) The jump at rate 0 -------------------------------------------------------------------


@equality_check("the limit for rate → 0 has the smallest wᵀDw of all w with Xw = y", tolerance=1e-8)
def limit_is_least_weighted(rng, formula=limit_of_minimizers):
    X, y = _wide(rng)
    n, d = X.shape
    D = np.diag(np.sum(X**2, axis=0))
    conditions = np.block([[D, X.T], [X, np.zeros((n, n))]])
    expected = np.linalg.solve(conditions, np.concatenate([np.zeros(d), y]))[:d]
    return formula(X, y), expected


@equality_check(
    "the minimizer of ‖y − Xw‖² + λ wᵀDw tends to it: it is reached within 10⁻⁴ at λ = 10⁻⁸",
    tolerance=1e-4,
)
def limit_is_reached(rng, formula=limit_of_minimizers):
    X, y = _wide(rng)
    root = math.sqrt(1e-8) * np.diag(np.linalg.norm(X, axis=0))
    stacked = np.concatenate([y, np.zeros(X.shape[1])])
    near = np.linalg.lstsq(np.concatenate([X, root]), stacked, rcond=None)[0]
    return formula(X, y), near


def _wide(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Fewer rows than columns, and columns of different length."""
    n = int(rng.integers(1, 4))
    d = n + int(rng.integers(1, 4))
    return rng.standard_normal((n, d)) * 10 ** rng.uniform(-1, 1, d), rng.standard_normal(n)


@derivation_check(
    claim="E w_T = 2η Σ_{t<T} (I − 2ηA)^t y x, at rate 0 as well",
    method="exhaustive",
    trials=20,
    tolerance=1e-10,
)
def mean_as_a_polynomial(rng, formula=mean_by_powers):
    x, y = draw_point(rng, 2)
    learning_rate, steps = 0.1 * rng.random() / (x @ x), 4
    error = 0.0
    for rate in (0.0, draw_rate(rng)):
        expected, _ = every_run(x, y, rate, learning_rate, 1, steps)
        error = max(error, relative_error(formula(x, y, rate, learning_rate, steps), expected))
    return error


@derivation_check(
    claim="for x = (a, b) the smaller eigenvalue of A is 2a²b²/(a² + b²) λ + O(λ²)",
    method="symbolic",
    tolerance=0,
)
def slow_direction(rng, formula=slow_curvature):
    a, b, s = sympy.symbols("a b s", positive=True)
    A = sympy.Matrix([[(1 + s) * a**2, a * b], [a * b, (1 + s) * b**2]])
    # The smaller root of μ² − μ tr A + det A, which vanishes at s = 0.
    smaller = (A.trace() - sympy.sqrt(A.trace() ** 2 - 4 * A.det())) / 2
    slope = sympy.simplify(sympy.diff(smaller, s).subs(s, 0))
    at_zero = sympy.simplify(smaller.subs(s, 0))
    return int(sympy.simplify(slope - formula(a, b)) != 0) + int(at_zero != 0)


@equality_check("E x̃x̃ᵀ = xxᵀ + λ diag(x²)", method="exhaustive")
def second_moment(rng, formula=curvature):
    x, _ = draw_point(rng)
    rate = draw_rate(rng)
    expected = sum(chance * np.outer(row, row) for row, chance in masked(x, rate))
    return formula(x, rate), expected


# (h) Adam ---------------------------------------------------------------------------------


@equality_check(
    "at rate 0 and with ε = 0, Adam's path from 0 is on the line through y sign(x)/‖x‖₁",
    trials=20,
    tolerance=1e-10,
)
def adam_on_a_line(rng, formula=least_largest_solution):
    x, y = draw_point(rng)
    run = descend(
        x, y, 0.0, lambda params: Adam(params, lr=1e-2, eps=0.0), batch=1, steps=100, seed=0
    )
    # On the line through w, the point with the output x·w_t is (x·w_t/y) w.
    on_the_line = np.outer(run.weights @ x / y, formula(x, y))
    return run.weights, on_the_line


@derivation_check(
    claim="of all w with x·w = y, y sign(x)/‖x‖₁ has the smallest largest entry",
    method="reference",
    trials=50,
    tolerance=1e-7,
)
def least_largest(rng, formula=least_largest_solution):
    x, y = draw_point(rng)
    d = len(x)
    # Minimize t subject to −t ≤ w_j ≤ t and x·w = y.
    bounds = np.block([[np.eye(d), -np.ones((d, 1))], [-np.eye(d), -np.ones((d, 1))]])
    solved = linprog(
        np.append(np.zeros(d), 1.0), A_ub=bounds, b_ub=np.zeros(2 * d),
        A_eq=np.append(x, 0.0)[None], b_eq=[y], bounds=[(None, None)] * (d + 1),
    )  # fmt: skip
    w = formula(x, y)
    return max(abs(np.abs(w).max() - solved.fun) / solved.fun, abs(x @ w - y))


# (i) The answer in the corner -------------------------------------------------------------


@derivation_check(
    claim="the answer reaches 3 places after the first pooling and 2 after the second",
    method="exhaustive",
    tolerance=0,
)
def reach_of_the_answer(rng, formula=answer_reaches):
    """Every place of random networks whose output depends on the class that is written."""
    state = torch.get_rng_state()
    torch.manual_seed(int(rng.integers(2**31)))
    seen: list[set] = [set(), set()]
    for _ in range(10):
        network = convnet(0.0).eval()
        x = torch.randn(1, 3, 32, 32).expand(10, -1, -1, -1)
        marked = write_answer(x, torch.arange(10))
        for places, depth in zip(seen, (3, 7), strict=True):
            features = network[:depth](marked)
            differs = (features != features[:1]).any(dim=0).any(dim=0)
            places |= {(int(row), int(column)) for row, column in differs.nonzero()}
    torch.set_rng_state(state)
    return sum(len(places ^ wanted) for places, wanted in zip(formula(), seen, strict=True))


def _sgd(learning_rate: float) -> Callable:
    return lambda params: torch.optim.SGD(params, lr=learning_rate)
