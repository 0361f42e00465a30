"""Problem $number of $set: a wrong formula is seen, and the results are what they should be."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from proofsheet.jobs.atomic_files import read_json

SCRIPT = Path(__file__).parents[2] / "workflow/problems/$set/$problem/solve.py"


@pytest.fixture
def run(tmp_path):
    """The script, run as Snakemake would: what it defines, and the files that it writes."""
    files = {name: tmp_path / f"{name}.json" for name in ("metrics", "checks")}
    snakemake = SimpleNamespace(
        output=SimpleNamespace(**files), params=SimpleNamespace(seed=0), log=[]
    )
    defined = runpy.run_path(str(SCRIPT), init_globals={"snakemake": snakemake})
    return SimpleNamespace(
        defined=defined, **{name: read_json(path) for name, path in files.items()}
    )


def test_a_wrong_formula_is_seen(run):
    assert run.defined["slope"]().passed
    assert not run.defined["slope"](lambda x, y: x @ y).passed


def test_the_slope_is_that_of_the_points(run):
    assert run.metrics["slope"] == pytest.approx(2, abs=0.1)
    assert all(check["passed"] for check in run.checks)
