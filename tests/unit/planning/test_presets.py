"""Which sets run small with `preset: auto`: those whose data would be stand-ins."""

import json
import threading
import time

import pytest

from proofsheet.planning.presets import describe_quick, expected_standins, set_presets
from user_errors import refused

KNOWN = {
    "a": {"problems": {"p1": {"datasets": ["mnist"]}, "p2": {}}},
    "b": {"problems": {"p1": {"datasets": ["dry_bean", "weights"]}}},
    "c": {"problems": {"p1": {}}},
}


def config(preset="auto", source="auto"):
    return {"preset": preset, "data": {"source": source}, "sets": list(KNOWN)}


@pytest.fixture
def asked(monkeypatch):
    """The hosts that are asked; none of them answers but UCI's."""
    hosts = []

    def unreachable(host, patience):
        hosts.append(host)
        return "" if "uci" in host else "no route"

    monkeypatch.setattr("proofsheet.planning.presets.unreachable", unreachable)
    return hosts


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(folder, name, **source):
    (folder / "results/data" / name).mkdir(parents=True)
    (folder / "results/data" / name / "source.json").write_text(json.dumps(source))


@pytest.mark.parametrize("preset", ["full", "quick"])
def test_an_explicit_preset_holds_for_every_set(asked, preset):
    assert set_presets(config(preset), KNOWN, ()) == dict.fromkeys(KNOWN, preset)
    assert asked == []


def test_a_set_runs_small_where_its_source_does_not_answer(asked):
    assert set_presets(config(), KNOWN, ()) == {"a": "quick", "b": "full", "c": "full"}
    assert len(asked) == len(set(asked)) == 2


def test_nothing_is_asked_of_a_network_where_the_configuration_decides(asked):
    standins = {"a": "quick", "b": "quick", "c": "full"}
    assert set_presets(config(source="standin"), KNOWN, ()) == standins
    for source, mirrored in (("official", ()), ("mirror", ()), ("auto", ("mnist", "dry_bean"))):
        assert set_presets(config(source=source), KNOWN, mirrored) == dict.fromkeys(KNOWN, "full")
    assert asked == []


def test_data_that_were_fetched_stay_real_and_stand_ins_are_reconsidered(asked, folder):
    record(folder, "mnist", standin=False, source="official")
    record(folder, "dry_bean", standin=True, source="standin")
    assert set_presets(config(), KNOWN, ()) == dict.fromkeys(KNOWN, "full")
    assert len(asked) == 1


@pytest.mark.parametrize("preset", ["auto", "full"])
def test_stand_ins_do_not_replace_the_real_data_of_a_mirror_that_is_gone(asked, folder, preset):
    record(folder, "mnist", standin=False, source="mirror")
    refused(r"results/data/mnist .*; set data.mirror or", set_presets, config(preset), KNOWN, ())
    assert set_presets(config(preset, "standin"), KNOWN, ())
    assert set_presets(config(preset) | {"sets": ["b", "c"]}, KNOWN, ())
    assert set_presets(config(preset), KNOWN, ("mnist",))["a"] == "full"


def test_a_source_without_an_account_or_that_gave_nothing_is_not_counted(
    asked, folder, monkeypatch
):
    record(folder, "dry_bean", standin=True, source="standin", requested="auto", tried=["uci"])
    monkeypatch.setattr("proofsheet.data.dry_bean.HOST", "uci")
    assert set_presets(config(), KNOWN, ())["b"] == "quick"

    class Fallback:
        HOST = "uci"

    monkeypatch.setattr("proofsheet.data.mnist.FALLBACKS", (Fallback,), raising=False)
    assert set_presets(config(), KNOWN, ())["a"] == "full"
    monkeypatch.setattr(Fallback, "hindrance", staticmethod(lambda: "no token"), raising=False)
    assert set_presets(config(), KNOWN, ())["a"] == "quick"


def test_the_images_of_scipy_have_another_name_in_a_mirror(asked):
    assert expected_standins({"scipy_images"}, "auto", {"scipy"}) == set()
    assert expected_standins({"scipy_images"}, "auto", {}) == {"scipy_images"}


def test_all_sources_together_have_two_seconds(monkeypatch):
    class Silent:
        def __init__(self, *_, **__):
            threading.Event().wait(30)

    names = {"mnist", "dry_bean", "bloodmnist", "cifar10", "scipy_images"}
    expected_standins(names, "auto", ())  # imports their modules
    monkeypatch.setattr("urllib.request.Request", Silent)
    began = time.monotonic()
    assert expected_standins(names, "auto", ()) == names
    assert time.monotonic() - began < 3


def test_one_line_says_which_sets_run_small_and_what_to_do():
    chosen = {"a": "quick", "b": "full", "c": "full"}
    assert describe_quick(config(), chosen) == (
        "quick run on stand-in data, not for handing in: a; for the full run on real data set"
        " data.mirror or go online (preset: full runs in full on stand-ins, too)"
    )
    assert "set data.source to auto" in describe_quick(config(source="standin"), chosen)
    assert describe_quick(config(), dict.fromkeys(KNOWN, "full")) == ""
    assert describe_quick(config("quick"), dict.fromkeys(KNOWN, "quick")) == ""
