"""The tests that the derivations of every problem must pass."""

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from proofsheet.checks import checks_of, run_checks


def nudged(value: Any) -> Any:
    """The value, or the first entry of a collection, off by 1e-9."""
    if isinstance(value, dict):
        return dict(zip(value, nudged(list(value.values())), strict=True))
    if isinstance(value, tuple | list):
        return type(value)([nudged(value[0]), *value[1:]])
    off = np.zeros(np.shape(value))
    off[(0,) * off.ndim] = 1e-9
    return value + (off if off.ndim else 1e-9)


def derivation_tests(module: ModuleType, wrong: Mapping[str, Callable[..., Any]]) -> type:
    """A class of tests: each formula holds, each check has a wrong formula and rejects it.

    Args:
        module: of `proofsheet.derivations.<set>`.
        wrong: for each check's id a formula that is wrong in one place.

    Use it as `TestDerivations = derivation_tests(p3_adam, WRONG)`.
    """
    checks = {check.id: check for check in checks_of(module)}

    class TestDerivations:
        def test_every_formula_holds(self):
            assert all(entry["passed"] for entry in run_checks(checks.values()))

        def test_every_check_has_a_wrong_formula(self):
            assert wrong.keys() == checks.keys()

        @pytest.mark.parametrize("name", [n for n, c in checks.items() if c.method == "exact"])
        def test_an_exact_check_sees_an_error_of_one_in_a_billion(self, name):
            right = list(inspect.signature(checks[name].error).parameters.values())[1].default
            assert not checks[name](lambda *a, **k: nudged(right(*a, **k))).passed

        @pytest.mark.parametrize("name", wrong)
        @pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a wrong formula may divide by zero
        def test_a_wrong_formula_is_seen(self, name):
            assert not checks[name](wrong[name]).passed

    return TestDerivations
