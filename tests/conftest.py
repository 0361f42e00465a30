"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data, where there is one."""
    if not os.environ.get("PROOFSHEET_MIRROR"):
        pytest.skip("PROOFSHEET_MIRROR is not set: no real data here")
    return Path(os.environ["PROOFSHEET_MIRROR"])
