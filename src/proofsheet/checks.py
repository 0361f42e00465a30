"""Machine checks of derivations and of claims that two things are equal.

A check is a claim and a function `(rng, formula)` that draws one random case and hands back what
its shape compares. Most have one of four shapes; the checks of no common shape compute their own
error (`derivation_check`). The formula under test is an argument, so that a test can hand in a
wrong one and see the check fail:

    @equality_check("‖v‖² = vᵀv")
    def squared_norm(rng, formula=lambda v: v @ v):
        v = rng.standard_normal(5)
        return formula(v), np.linalg.norm(v) ** 2

    @bound_check("|Σ_i v_i| ≤ √n ‖v‖, attained by equal entries")
    def sum_of_entries(rng, formula=lambda v: np.sqrt(len(v)) * np.linalg.norm(v)):
        v, equal = rng.standard_normal(5), np.ones(5)
        return abs(v.sum()), formula(v), equal.sum(), formula(equal)

    @exact_check("‖v‖² = vᵀv")                     # modulo a prime: see `proofsheet.exact`
    def squared_norm_exact(draw, formula=lambda v: v @ v):
        v = draw(5)
        return formula(v), np.linalg.norm(v) ** 2

    @exact_gradient_check("∇‖Ax‖² = 2AᵀAx")
    def slope_of_a_square(draw, formula=lambda A, x: 2 * A.T @ A @ x):
        A, x = draw(3, 2), draw(2)
        return formula(A, x), lambda x: (A @ x) @ (A @ x), x

    @identity_check("d tanh x/dx = 1 − tanh² x")
    def slope_of_tanh(rng, formula=lambda t: 1 - t**2):
        x = sympy.Symbol("x")
        return formula(sympy.tanh(x)), sympy.diff(sympy.tanh(x), x)

    @exhaustive_check("(−1)ⁿ is 1 for even n, for n < 100")
    def signs(rng, formula=lambda n: (-1) ** n):
        return [formula(n) for n in range(100)], [1, -1] * 50

    squared_norm()                     # -> CheckResult, over 100 trials
    squared_norm(lambda v: v @ v + 1)  # -> CheckResult(passed=False)
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial, wraps
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np

from proofsheet.exact import PRIME, Draw, Number, Redraw, compare, derivative

Method = Literal[
    "symbolic",
    "exact",
    "exhaustive",
    "autograd",
    "finite-difference",
    "reference",
    "bound",
]

MOST_DOUBT = 1e-17
"""An exact check of a false identity may pass with at most this probability."""


@dataclass(frozen=True)
class CheckResult:
    """One entry of `checks.json`.

    `degree` bounds the total degree of an exact identity, with each square root counted: a false
    one passes with probability (degree/p)^trials. It is 0 for the other methods.
    """

    id: str
    claim: str
    method: Method
    trials: int
    max_error: float
    tolerance: float
    passed: bool
    degree: int = 0


@dataclass(frozen=True)
class DerivationCheck:
    """A claim with the function that tests it on one random case."""

    id: str
    claim: str
    method: Method
    trials: int
    tolerance: float
    error: Callable[..., float | tuple[float, int]]

    def __call__(self, formula: Any = None) -> CheckResult:
        """Run every trial, with `formula` in place of the right one when it is given.

        The largest error counts, and a NaN is a failure.
        """
        # Seeded by its own name: adding a check does not move the cases of the others.
        rng = np.random.default_rng(zlib.crc32(self.id.encode()))
        largest, degree = 0.0, 0
        for _ in range(self.trials):
            error = self.error(rng) if formula is None else self.error(rng, formula)
            if isinstance(error, tuple):
                error, degree = error[0], max(degree, error[1])
            error = float(error)
            # max() would drop a NaN, depending on its place.
            largest = error if not error <= largest else largest
            if largest != largest:
                break
        certain = (degree / PRIME) ** self.trials < MOST_DOUBT
        passed = bool(largest <= self.tolerance and certain)
        # JSON has no infinity or NaN: the largest float says "no agreement at all".
        shown = largest if np.isfinite(largest) else float(np.finfo(float).max)
        return CheckResult(
            self.id, self.claim, self.method, self.trials, shown, self.tolerance, passed, degree
        )


def derivation_check(
    *, claim: str, method: Method, tolerance: float, trials: int = 1
) -> Callable[[Callable[..., float]], DerivationCheck]:
    """Turn `error(rng, formula=right) -> float` into a check named after the function.

    Args:
        claim: the formula or the equality in words and Unicode mathematics, as in the chapter.
        method: what it is held against (see `Method`).
        tolerance: largest error with which it passes; 0 for exact claims.
        trials: number of random cases.
    """
    if method not in get_args(Method):
        raise ValueError(f"method {method!r} is not one of {', '.join(get_args(Method))}")

    def decorate(error: Callable[..., float]) -> DerivationCheck:
        return DerivationCheck(error.__name__, claim, method, trials, tolerance, error)

    return decorate


# The common shapes -----------------------------------------------------------------------


def equality_check(
    claim: str, *, method: Method = "reference", trials: int = 100, tolerance: float = 1e-12
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(rng, formula=right) -> actual, expected[, unit]`: two ways to one result.

    The two are numbers or arrays (a list of numbers is one), or tuples, lists or dicts of them,
    which are compared one by one. The error is relative to the largest |expected|, or in units
    of `unit` (1: absolute).
    """
    return _of_shape(claim, method, trials, tolerance, _largest_error)


def bound_check(
    claim: str, *, trials: int = 100, tolerance: float = 1e-12
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(rng, formula=right) -> quantity, bound[, attained, bound there]`.

    The error is the excess of the quantity over its bound. The second pair, of a case where the
    bound is an equality, makes a bound that is too loose fail like one that is too tight.
    """

    def error(quantity: Any, bound: Any, *attained: Any) -> float:
        excess = np.max(np.asarray(quantity) - np.asarray(bound))
        gap = absolute_error(*attained) if attained else excess
        return float(np.maximum(excess, gap))  # of which a NaN is the larger

    return _of_shape(claim, "bound", trials, tolerance, error)


def identity_check(
    claim: str, *, simplify: Callable[[Any], Any] | None = None
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(rng, formula=right) -> left, right`: SymPy expressions, equal exactly.

    The two may be matrices, arrays, or tuples or lists of any of these. `simplify` turns a
    difference that is zero into 0; it is `sympy.simplify` unless given.
    """

    def compare(left: Any, right: Any) -> float:
        import sympy  # here, so that other checks do not wait for it

        if getattr(left, "shape", ()) != getattr(right, "shape", ()):
            return float("inf")
        entries = np.asarray(left - right, dtype=object).flat
        return float(any((simplify or sympy.simplify)(entry) != 0 for entry in entries))

    return _of_shape(claim, "symbolic", 1, 0, partial(_largest_error, compare=compare))


def exhaustive_check(claim: str) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(rng, formula=right) -> actual, expected`: the same in every case there is.

    The two are values or arrays of any kind, or tuples, lists or dicts of these, such as a value
    for each case.
    """

    def compare(actual: Any, expected: Any) -> float:
        return float(not np.array_equal(actual, expected))

    return _of_shape(claim, "exhaustive", 1, 0, partial(_largest_error, compare=compare))


def exact_check(
    claim: str, *, trials: int = 3, ordered: bool = False
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(draw, formula=right) -> left, right`: equal exactly, modulo a prime.

    `draw` is a `proofsheet.exact.Draw`; the two sides are as in `equality_check`. Numbers modulo
    p have no order: a formula that compares needs `ordered`, which gives the residues below p/2
    the sign +. That proves the identity where the comparison does not matter (a softmax that
    subtracts the largest logit), or where the check itself goes through all signs; else it is
    proved only for the pieces that were drawn, and `equality_check` is the honest shape.
    """
    return _exact(claim, trials, ordered, lambda draw, *sides: sides)


def exact_gradient_check(
    claim: str, *, trials: int = 3, ordered: bool = False
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """Of a function `(draw, formula=right) -> gradient, loss, at`.

    `loss` is a scalar function of object arrays, `at` the array where it is differentiated, or a
    tuple of arrays; `gradient` is then one array for each. In each trial its derivative along one
    random direction is held against the product of that direction with the gradient.
    """

    def sides(draw: Any, gradient: Any, loss: Callable[..., Any], at: Any) -> tuple[Any, Any]:
        if not isinstance(at, tuple):
            gradient, at = (gradient,), (at,)
        along = tuple(draw(*np.shape(x)) for x in at)
        if [np.shape(g) for g in gradient] != [np.shape(x) for x in at]:
            return float("inf"), 0
        slope = sum(np.sum(np.asarray(g) * v) for g, v in zip(gradient, along, strict=True))
        return slope, derivative(loss, at, along)

    return _exact(claim, trials, ordered, sides)


def _exact(
    claim: str, trials: int, ordered: bool, of_case: Callable[..., tuple[Any, Any]]
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    def decorate(case: Callable[..., Any]) -> DerivationCheck:
        @wraps(case)
        def of_one_point(rng: np.random.Generator, *formula: Any) -> tuple[float, int]:
            degrees: list[int] = []

            def differing(left: Any, right: Any) -> float:
                wrong, degree = compare(left, right)
                degrees.append(degree)
                return wrong

            draw = Draw(rng)
            for _ in range(1000):
                Number.roots, Number.ordered = set(), ordered
                try:
                    sides = of_case(draw, *case(draw, *formula))
                except Redraw:
                    continue
                wrong = _largest_error(*sides, compare=differing)
                return wrong, max(degrees, default=0)
            raise ArithmeticError(f"{case.__name__}: no point where all quotients and roots exist")

        return derivation_check(claim=claim, method="exact", tolerance=0, trials=trials)(
            of_one_point
        )

    return decorate


def _of_shape(
    claim: str, method: Method, trials: int, tolerance: float, error: Callable[..., float]
) -> Callable[[Callable[..., Any]], DerivationCheck]:
    """A check of a function that hands back the arguments of `error`."""

    def decorate(sides: Callable[..., Any]) -> DerivationCheck:
        @wraps(sides)
        def of_one_case(*case: Any) -> float:
            return error(*sides(*case))

        return derivation_check(claim=claim, method=method, tolerance=tolerance, trials=trials)(
            of_one_case
        )

    return decorate


def _largest_error(
    actual: Any,
    expected: Any,
    unit: float | None = None,
    compare: Callable[[Any, Any], float] | None = None,
) -> float:
    """Of all pairs, where the two are tuples, lists or dicts; their lengths or keys must agree."""
    if isinstance(expected, dict):
        if actual.keys() != expected.keys():
            return float("inf")
        actual, expected = [actual[name] for name in expected], list(expected.values())
    # A list of numbers is an array, with one scale for all of them.
    array = isinstance(expected, list) and compare is None and not any(map(np.ndim, expected))
    if isinstance(expected, tuple | list) and not array:
        if len(actual) != len(expected):
            return float("inf")
        pairs = zip(actual, expected, strict=True)
        return float(np.max([_largest_error(*pair, unit, compare) for pair in pairs]))
    if compare is not None:
        return compare(actual, expected)
    if unit is not None:
        return absolute_error(actual, expected) / unit
    return relative_error(actual, expected)


def autograd_gradients(loss: Callable[..., Any], *at: Any) -> tuple[np.ndarray, ...]:
    """Gradients of a scalar function of PyTorch tensors by each of its arguments, in double."""
    import torch  # here, so that other checks do not wait for it

    variables = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in at]
    return tuple(g.numpy() for g in torch.autograd.grad(loss(*variables), variables))


def checks_of(module: ModuleType) -> list[DerivationCheck]:
    """The checks that a module defines, in the order of its text."""
    return [value for value in vars(module).values() if isinstance(value, DerivationCheck)]


def run_checks(checks: Iterable[DerivationCheck]) -> list[dict[str, Any]]:
    """Run the checks; the list is what `checks.json` holds.

    Raises `AssertionError` naming every check that failed: a problem with a wrong derivation
    does not reach the report.
    """
    results = [check() for check in checks]
    failed = [
        f"{r.id} (error {r.max_error:.3g} > {r.tolerance:.3g})" for r in results if not r.passed
    ]
    if failed:
        raise AssertionError(f"derivation not verified: {', '.join(failed)}")
    return [asdict(result) for result in results]


def relative_error(actual: Any, expected: Any) -> float:
    """Largest |actual − expected| over the largest |expected|, or absolute where that is 0.

    Shapes must agree: a transposed or broadcast result counts as infinitely wrong.
    """
    difference = absolute_error(actual, expected)
    scale = float(np.max(np.abs(np.asarray(expected)), initial=0.0))
    return difference / scale if scale > 0 else difference


def absolute_error(actual: Any, expected: Any) -> float:
    """Largest |actual − expected|; infinite where the shapes disagree."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(actual - expected), initial=0.0))
