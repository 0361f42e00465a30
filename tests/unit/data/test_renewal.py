"""A better source is noticed once it is available; without one nothing is fetched."""

import json
from pathlib import Path

import pytest

from proofsheet.data import chest_xray, dry_bean, pneumoniamnist
from proofsheet.data.prepare import prepare
from proofsheet.data.sources import kaggle
from proofsheet.data.sources.choose import better_host
from proofsheet.data.sources.renewal import renewable, renewals
from unit.data.kaggle_client import connect
from unit.data.support import Answer, as_csv, uci

OUT_OF_ORDER = Answer(b"bad gateway", status=502)


@pytest.fixture
def fallen(server, tmp_path, monkeypatch) -> Path:
    """The beans of a run in which UCI was out of order."""
    monkeypatch.setattr(dry_bean, "HOST", server.url)
    server.script = [OUT_OF_ORDER]
    record = prepare("dry_bean", "auto", "", 0, tmp_path / "dry_bean")
    assert record["source"] == "standin"
    return tmp_path / "dry_bean/source.json"


def test_a_source_that_recovers_is_noticed_and_one_that_does_not_is_not(fallen, server, columns):
    folder = fallen.parents[1]
    assert renewable(folder) == {}
    server.script = [uci(server, as_csv(columns))]
    assert renewable(folder) == {"dry_bean": server.url}
    record = prepare("dry_bean", "auto", "", 0, fallen.parent, renewals=1)
    assert (record["source"], record["official"]) == ("official", True)
    assert renewals(fallen) == 1
    assert renewable(folder) == {}


def test_a_source_that_answers_and_gives_nothing_is_not_asked_in_each_run(fallen, server):
    server.script = [Answer(b"<html>log in</html>")]
    record = prepare("dry_bean", "auto", "", 0, fallen.parent)
    assert record["source"] == "standin"
    assert record["tried"] == [server.url] or record["tried"] == (server.url,)
    assert renewable(fallen.parents[1]) == {}


@pytest.mark.parametrize("requested", ["standin", "official", "mirror"])
def test_what_was_asked_for_stays(fallen, server, requested):
    server.script = [Answer(b"here again")]
    record = json.loads(fallen.read_text())
    fallen.write_text(json.dumps(record | {"requested": requested}))
    assert renewable(fallen.parents[1]) == {}


def test_records_that_cannot_be_read_are_left_to_those_who_use_them(tmp_path):
    for name, text in {"a": "{", "b": "[]", "c": '{"requested": "auto", "source": "x"}'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "source.json").write_text(text)
        assert renewals(tmp_path / name / "source.json") == 0
    assert renewable(tmp_path) == {}


def test_a_token_makes_kaggle_a_better_source_than_medmnist(server, tmp_path, monkeypatch):
    connect(server, tmp_path, monkeypatch)
    monkeypatch.setattr(pneumoniamnist, "HOST", server.url)
    server.script = [Answer(b"here")]
    record = {"requested": "auto", "source": "medmnist"}
    assert better_host(chest_xray, record) == ""
    assert better_host(chest_xray, record | {"source": "standin"}) == server.url
    monkeypatch.setenv("KAGGLE_API_TOKEN", "a-token")
    assert better_host(chest_xray, record) == server.url == kaggle.HOST
    assert better_host(chest_xray, record | {"tried": [kaggle.HOST]}) == ""
