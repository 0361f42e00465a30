"""Machine checks of derivations and of claims that two things are equal.

A check is a function `check(rng, formula) -> error` that draws one random case and returns how
far `formula` is from an independent reference on it (0 = exact). The formula under test is an
argument, so that a test can hand in a wrong one and see the check fail:

    @derivation_check(
        claim="∇f(A) = −(2/m)(XᵀX(I − AAᵀ) + (I − AAᵀ)XᵀX)A",
        method="autograd", trials=100, tolerance=1e-12,
    )
    def autoencoder_gradient(rng, formula=closed_form_gradient):
        X, A = rng.standard_normal((20, 6)), rng.standard_normal((6, 3))
        return relative_error(formula(X, A), autograd_gradient(X, A))

    autoencoder_gradient()                      # -> CheckResult, over 100 trials
    autoencoder_gradient(lambda X, A: wrong)    # -> CheckResult(passed=False)
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np

Method = Literal["symbolic", "autograd", "finite-difference", "exhaustive", "reference", "bound"]


@dataclass(frozen=True)
class CheckResult:
    """One entry of `checks.json`."""

    id: str
    claim: str
    method: Method
    trials: int
    max_error: float
    tolerance: float
    passed: bool


@dataclass(frozen=True)
class DerivationCheck:
    """A claim with the function that tests it on one random case."""

    id: str
    claim: str
    method: Method
    trials: int
    tolerance: float
    error: Callable[..., float]

    def __call__(self, formula: Any = None) -> CheckResult:
        """Run every trial, with `formula` in place of the right one when it is given.

        The largest error counts, and a NaN is a failure.
        """
        # Seeded by its own name: adding a check does not move the cases of the others.
        rng = np.random.default_rng(zlib.crc32(self.id.encode()))
        largest = 0.0
        for _ in range(self.trials):
            error = float(self.error(rng) if formula is None else self.error(rng, formula))
            # max() would drop a NaN, depending on its place.
            largest = error if not error <= largest else largest
            if largest != largest:
                break
        passed = bool(largest <= self.tolerance)
        # JSON has no infinity or NaN: the largest float says "no agreement at all".
        shown = largest if np.isfinite(largest) else float(np.finfo(float).max)
        return CheckResult(
            self.id, self.claim, self.method, self.trials, shown, self.tolerance, passed
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
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        return float("inf")
    scale = float(np.max(np.abs(expected), initial=0.0))
    difference = float(np.max(np.abs(actual - expected), initial=0.0))
    return difference / scale if scale > 0 else difference
