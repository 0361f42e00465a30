"""The conda environments and the lock file say the same."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("pin", ROOT / "envs/pin.py")
pin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pin)

LOCK = (ROOT / "requirements.lock").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda p: p.stem)
def test_an_environment_has_the_lock_file_s_versions(path):
    locked = pin.locked_versions(ROOT / "requirements.lock")
    *_, packages = yaml.safe_load(path.read_text())["dependencies"]
    for entry in packages["pip"]:
        name, version = entry.split("==")
        assert locked[name] == version
    assert path.read_text() == pin.environment(path.stem, locked)


def test_every_environment_that_a_rule_names_exists_and_the_other_way_round():
    named = {
        match
        for path in (ROOT / "workflow/rules").glob("*.smk")
        for match in re.findall(r"envs/(\w+)\.yaml", path.read_text())
    }
    assert named == {path.stem for path in (ROOT / "envs").glob("*.yaml")}


def test_every_rule_that_runs_a_script_names_an_environment():
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            if "script:" in rule:
                directives = {"conda:", "log:", "benchmark:", "threads:", "resources:"}
                missing = {name for name in directives if f"    {name}" not in rule}
                assert not missing, f"{path.name}: {rule.splitlines()[0]} lacks {missing}"


def test_the_lock_file_has_hashes_for_all_and_no_addresses():
    assert "://" not in LOCK
    pins = re.findall(r"^[a-z0-9._-]+==.*?(?=^[a-z0-9._-]+==|\Z)", LOCK, re.MULTILINE | re.DOTALL)
    assert len(pins) > 100
    assert all("--hash=sha256:" in entry for entry in pins)


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for group in project["optional-dependencies"].values() for name in group]
    locked = pin.locked_versions(ROOT / "requirements.lock")
    for requirement in project["dependencies"] + extras:
        assert re.match(r"[\w-]+", requirement)[0].lower() in locked
