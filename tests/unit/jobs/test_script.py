"""What surrounds a script: where messages go, and how it ends."""

import logging
import warnings
from types import SimpleNamespace

import pytest

from proofsheet.jobs import script
from proofsheet.jobs.errors import UserError


@pytest.fixture
def rule(tmp_path):
    yield SimpleNamespace(rule="train", log=[str(tmp_path / "train.log")], output=[])
    logging.getLogger("proofsheet").handlers.clear()


def _log(rule):
    with open(rule.log[0], encoding="utf-8") as file:
        return file.read()


def test_only_the_projects_own_warnings_reach_the_terminal(rule, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with script.run(rule) as log:
            log.info("it begins")
            log.warning("stand-in data")
            warnings.warn("a function is deprecated", FutureWarning, stacklevel=1)
        told = _log(rule)
        assert "it begins" in told
        assert "a function is deprecated" in told
        assert capfd.readouterr().err == "stand-in data\n"
        with pytest.warns(FutureWarning):  # afterwards they go where they went before
            warnings.warn("a function is deprecated", FutureWarning, stacklevel=1)


def test_a_users_mistake_ends_in_one_line(rule, capfd):
    with pytest.raises(SystemExit) as ended, script.run(rule):
        raise UserError("data.source is 'mirrr'; allowed: auto, official, mirror, standin")
    assert ended.value.code == 1
    assert capfd.readouterr().err == (
        "train: data.source is 'mirrr'; allowed: auto, official, mirror, standin\n"
    )


def test_another_error_is_told_in_one_line_and_its_traceback_is_in_the_log(rule, capfd):
    with pytest.raises(SystemExit), script.run(rule):
        raise ZeroDivisionError("division\nby zero")
    assert capfd.readouterr().err == (
        f"train: ZeroDivisionError: division by zero (traceback in {rule.log[0]})\n"
    )
    assert "Traceback (most recent call last)" in _log(rule)
