"""The three tests that the derivations of every problem must pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest

from proofsheet.checks import checks_of, run_checks


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

        @pytest.mark.parametrize("name", wrong)
        @pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a wrong formula may divide by zero
        def test_a_wrong_formula_is_seen(self, name):
            assert not checks[name](wrong[name]).passed

    return TestDerivations
