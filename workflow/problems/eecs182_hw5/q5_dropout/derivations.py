"""EECS 182 HW 5, question 5: the formulas of the chapter, each held against a reference.

Letters as in the chapter: x is the data point with target y, r the dropout rate, q = 1 − r,
λ = r/q, x̃ the point under a mask, A = E[x̃x̃ᵀ], η the learning rate, D = diag(XᵀX).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import sympy
import torch

from problems.eecs182_hw5.q5_dropout.cheating_feature import convnet, write_answer
from problems.eecs182_hw5.q5_dropout.dropout_descent import (
    curvature,
    loss_deviation,
    mean_iterate,
    moments,
)
from proofsheet.checks import exact_check, exhaustive_check, identity_check
from proofsheet.exact import Draw, solve
from proofsheet.learning.dropout_of_one_point import (
    expected_loss,
    least_largest_solution,
    least_norm_solution,
    limit_of_minimizers,
    minimizer,
    smallest_loss,
)

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


def two_weights(x: np.ndarray, y: Any, rate: Any) -> np.ndarray:
    """The minimizer for two features: y(1 − r)/(2 − r) over each."""
    return y * (1 - rate) / (2 - rate) / x


def slow_curvature(a: Any, b: Any) -> Any:
    """λ_min(A)/λ for λ → 0 and x = (a, b): 2a²b²/(a² + b²)."""
    return 2 * a**2 * b**2 / (a**2 + b**2)


ANSWER_REACHES = ({(15, 13), (15, 14), (15, 15)}, {(7, 6), (7, 7)})
"""Places (row, column) that depend on the answer after the first and after the second pooling."""


# Cases and references ---------------------------------------------------------------------


def draw_point(draw: Draw, d: int = 0) -> tuple[np.ndarray, Any, Any]:
    """A point of d features (0: of one to four), its target, and a dropout rate."""
    return draw(d or int(draw.rng.integers(1, 5))), draw(), draw()


def masked(x: np.ndarray, rate: Any) -> Iterator[tuple[np.ndarray, Any]]:
    """Every masked point with its probability, mask by mask as its definition says."""
    for kept in product((0, 1), repeat=len(x)):
        chance = math.prod(1 - rate if k else rate for k in kept)
        yield np.array(kept) * x / (1 - rate), chance


def least_squares_over_masks(x: np.ndarray, y: Any, rate: Any) -> np.ndarray:
    """By the normal equations of all masked points, weighted by their probabilities."""
    rows = list(masked(x, rate))
    gram = sum(chance * np.outer(row, row) for row, chance in rows)
    return solve(gram, sum(chance * y * row for row, chance in rows))


def every_run(
    x: np.ndarray, y: Any, rate: Any, learning_rate: Any, batch: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of w_T, over all sequences of batches that there are."""
    rows = list(masked(x, rate))
    ends = [(0 * x, 1)]
    for _ in range(steps):
        after = []
        for w, chance in ends:
            for drawn in product(rows, repeat=batch):
                gradient = sum(2 * (row @ w - y) * row for row, _ in drawn) / batch
                after.append(
                    (w - learning_rate * gradient, chance * math.prod(p for _, p in drawn))
                )
        ends = after
    mean = sum(chance * w for w, chance in ends)
    return mean, sum(chance * np.outer(w - mean, w - mean) for w, chance in ends)


RUNS = ({"batch": 1, "steps": 3}, {"batch": 2, "steps": 2})
"""For which all sequences of batches are gone through, with two features."""

# (a), (b) Without dropout -----------------------------------------------------------------


@exact_check(
    "w* = y x/‖x‖² has x·w* = y, and ‖w‖² − ‖w*‖² = ‖w − w*‖² ≥ 0 for every w with x·w = y"
)
def least_norm(draw: Draw, formula=least_norm_solution):
    x, *_ = draw_point(draw)
    w = draw(len(x))
    shortest = formula(x, x @ w)
    longer = w - shortest
    return (x @ shortest, w @ w - shortest @ shortest), (x @ w, longer @ longer)


@exact_check("gradient descent from 0 is w_T = (1 − (1 − 2η‖x‖²)^T) X⁺y, for T ≤ 6")
def plain_descent(draw: Draw, formula=descent_on_one_point):
    x, y, rate = draw_point(draw)
    w, steps = 0 * x, int(draw.rng.integers(1, 7))
    for _ in range(steps):
        w = w - rate * 2 * (x @ w - y) * x
    return formula(x, y, rate, steps), w


# (c) The dropped-out least squares --------------------------------------------------------


@exact_check("E(y − x̃·w)² = (y − x·w)² + λ Σ x_j² w_j², over all masks")
def mean_loss(draw: Draw, formula=expected_loss):
    x, y, rate = draw_point(draw)
    w = draw(len(x))
    expected = sum(chance * (y - row @ w) ** 2 for row, chance in masked(x, rate))
    return formula(w, x, y, rate), expected


@exact_check(
    "least squares over all masks, weighted by their probabilities, has x_j w_j = y/(d + λ)"
)
def dropout_minimizer(draw: Draw, formula=minimizer):
    case = draw_point(draw)
    return formula(*case), least_squares_over_masks(*case)


@exact_check("for two features w = y(1 − r)/(2 − r) · (1/x₁, 1/x₂)")
def two_features(draw: Draw, formula=two_weights):
    case = draw_point(draw, 2)
    return formula(*case), least_squares_over_masks(*case)


@exact_check("the smallest mean loss is y² λ/(d + λ)")
def loss_at_minimizer(draw: Draw, formula=smallest_loss):
    x, y, rate = draw_point(draw)
    w = least_squares_over_masks(x, y, rate)
    expected = sum(chance * (y - row @ w) ** 2 for row, chance in masked(x, rate))
    return formula(x, y, rate), expected


# (d), (e) Training under dropout ----------------------------------------------------------


@exact_check("at the minimizer a mask that keeps k features has the loss y²(1 − k/(q(d + λ)))²")
def losses_of_masks(draw: Draw, formula=loss_of_mask):
    x, y, rate = draw_point(draw)
    w, kept = minimizer(x, y, rate), product((0, 1), repeat=len(x))
    return (
        [formula(sum(mask), len(x), y, rate) for mask in kept],
        [(y - row @ w) ** 2 for row, _ in masked(x, rate)],
    )


@exact_check(
    "the loss of a batch of b masks has the standard deviation of one mask over √b (b = 2)"
)
def batch_loss_deviation(draw: Draw, formula=loss_deviation):
    x, y, rate = draw_point(draw, 2)
    w = draw(2)
    first = second = 0
    for drawn in product(masked(x, rate), repeat=2):
        chance = math.prod(p for _, p in drawn)
        loss = sum((y - row @ w) ** 2 for row, _ in drawn) / 2
        first, second = first + chance * loss, second + chance * loss**2
    return formula(w, x, y, rate, 2), np.sqrt(second - first**2)


@exact_check(
    "E w_T − w* = (I − 2ηA)^T (w_0 − w*), over all runs of three steps with one row per batch and"
    " of two steps with two"
)
def mean_of_runs(draw: Draw, formula=mean_iterate):
    case = (*draw_point(draw, 2), draw())
    found = [formula(*case, sizes["steps"]) for sizes in RUNS]
    return found, [every_run(*case, **sizes)[0] for sizes in RUNS]


@exact_check(
    "mean and covariance of w_T by the recursion of the second moments, over all runs of three"
    " steps with one row per batch and of two steps with two"
)
def moments_of_runs(draw: Draw, formula=moments):
    case = (*draw_point(draw, 2), draw())
    return [formula(*case, **sizes) for sizes in RUNS], [every_run(*case, **s) for s in RUNS]


# (g) The jump at rate 0 -------------------------------------------------------------------


def draw_wide(draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    """Fewer rows than columns."""
    n = int(draw.rng.integers(1, 3))
    return draw(n, n + int(draw.rng.integers(1, 3))), draw(n)


@exact_check("the limit for rate → 0 has the smallest wᵀDw of all w with Xw = y")
def limit_is_least_weighted(draw: Draw, formula=limit_of_minimizers):
    X, y = draw_wide(draw)
    n, d = X.shape
    D = np.diag(np.sum(X**2, axis=0))
    conditions = np.block([[D, X.T], [X, np.zeros((n, n))]])  # with one multiplier for each row
    expected = solve(conditions, np.concatenate([np.zeros(d), y]))[:d]
    return formula(X, y, solve=solve), expected


@exact_check("D⁻¹Xᵀ(XD⁻¹Xᵀ + λI)⁻¹y, continuous at λ = 0, is the minimizer of ‖y − Xw‖² + λ wᵀDw")
def limit_is_reached(draw: Draw, formula=limit_of_minimizers):
    (X, y), strength = draw_wide(draw), draw()
    expected = solve(X.T @ X + strength * np.diag(np.sum(X**2, axis=0)), X.T @ y)
    return formula(X, y, strength, solve), expected


@exact_check("E w_T = 2η Σ_{t<T} (I − 2ηA)^t y x, over all runs of three steps, at rate 0 as well")
def mean_as_a_polynomial(draw: Draw, formula=mean_by_powers):
    x, y, some = draw_point(draw, 2)
    learning_rate, steps = draw(), 3
    found = [formula(x, y, rate, learning_rate, steps) for rate in (0, some)]
    return found, [every_run(x, y, rate, learning_rate, 1, steps)[0] for rate in (0, some)]


@identity_check("for x = (a, b) the smaller eigenvalue of A is 2a²b²/(a² + b²) λ + O(λ²)")
def slow_direction(rng, formula=slow_curvature):
    a, b, s = sympy.symbols("a b s", positive=True)
    A = sympy.Matrix([[(1 + s) * a**2, a * b], [a * b, (1 + s) * b**2]])
    # The smaller root of μ² − μ tr A + det A, which vanishes at s = 0.
    smaller = (A.trace() - sympy.sqrt(A.trace() ** 2 - 4 * A.det())) / 2
    return (smaller.subs(s, 0), sympy.diff(smaller, s).subs(s, 0)), (0, formula(a, b))


@exact_check("E x̃x̃ᵀ = xxᵀ + λ diag(x²), over all masks")
def second_moment(draw: Draw, formula=curvature):
    x, _, rate = draw_point(draw)
    return formula(x, rate), sum(p * np.outer(row, row) for row, p in masked(x, rate))


# (h) Adam ---------------------------------------------------------------------------------


@exact_check(
    "at rate 0 and with ε = 0, a step of Adam from the line through y sign(x)/‖x‖₁, with averages"
    " m ∝ x and v ∝ x², ends on the line and leaves m ∝ x and v ∝ x²"
)
def adam_on_a_line(draw: Draw, formula=least_largest_solution):
    x, y, _ = draw_point(draw, 2)
    rate, beta1, beta2, unbias1, unbias2 = draw(5)  # 1/(1 − β^t) at any t
    w, m, v = draw() * formula(x, y), draw() * x, draw() * x**2
    gradient = 2 * (x @ w - y) * x
    m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
    w = w - rate * (unbias1 * m) / np.sqrt(unbias2 * v)
    # On the line through w*, the point with the output x·w is (x·w/y) w*.
    return (w, m, v), (x @ w / y * formula(x, y), m[0] / x[0] * x, v[0] / x[0] ** 2 * x**2)


@exact_check(
    "w* = y sign(x)/‖x‖₁ has x·w* = y and all |w*_j| = |y|/‖x‖₁; ‖x‖₁ c − x·w ="
    " Σ_j |x_j| (c − sign(x_j) w_j) ≥ 0 where all |w_j| ≤ c: none with x·w = y is smaller"
)
def least_largest(draw: Draw, formula=least_largest_solution):
    x, y, bound = draw_point(draw)
    w, size = draw(len(x)), np.sqrt(x**2)
    found, length = formula(x, y), size.sum()
    return (
        (x @ found, found**2, length * bound - x @ w),
        (y, 0 * x + (y / length) ** 2, (size * (bound - x / size * w)).sum()),
    )


# (i) The answer in the corner -------------------------------------------------------------


@exhaustive_check("the answer reaches 3 places after the first pooling and 2 after the second")
def reach_of_the_answer(rng, formula=ANSWER_REACHES):
    # NaN goes through everything that is computed from it, and through nothing else.
    image = torch.zeros(1, 3, 32, 32)
    image[write_answer(image.clone(), torch.tensor([0])) != 0] = torch.nan
    reached = []
    for depth in (3, 7):
        features = convnet(0.0).eval()[:depth](image)
        places = features[0].isnan().any(dim=0).nonzero().tolist()
        reached.append({tuple(place) for place in places})
    return list(formula), reached
