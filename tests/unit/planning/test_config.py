"""The configuration: defaults, and one clear line for every mistake."""

import ast
import shutil

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from proofsheet.jobs.errors import UserError
from proofsheet.planning.config import SCHEMA, checked, name_source, read_config, read_yaml
from user_errors import refused
from workflow_project import ROOT

STRATEGIES = read_yaml(ROOT / "config.yaml")["transfer"]["strategies"]


@pytest.fixture(autouse=True)
def no_mirror(monkeypatch):
    monkeypatch.delenv("PROOFSHEET_MIRROR", raising=False)


def described(schema, path=""):
    """Every (path, entry) of a schema, at every depth."""
    for key, entry in schema.get("properties", {}).items():
        # What must be given needs no default.
        yield (
            f"{path}{key}",
            {"default": None, **entry} if key in schema.get("required", ()) else entry,
        )
        yield from described(entry, f"{path}{key}.")
    if isinstance(extra := schema.get("additionalProperties"), dict):
        yield from described(extra, f"{path}<name>.")


def test_every_key_has_type_default_and_description():
    for path, entry in described(read_yaml(ROOT / SCHEMA)):
        assert {"type", "default", "description"} <= entry.keys(), path


def test_config_yaml_is_the_schema_s_defaults():
    """Nobody has to look in two places: the file shows what holds without it."""
    written = read_yaml(ROOT / "config.yaml")
    assert checked(written, ROOT) == checked({}, ROOT)
    keys = {path for path, _ in described(read_yaml(ROOT / SCHEMA)) if "<name>" not in path}
    shown = {f"{k}.{j}" for k, v in written.items() if isinstance(v, dict) for j in v}
    assert keys == shown | set(written)


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ({"sedes": [1]}, ["unknown key sedes", "did you mean 'seeds'", "allowed: author"]),
        ({"data": {"sorce": "auto"}}, ["unknown key data.sorce"]),
        ({"data": ["mirror"]}, ["data is ['mirror']", "mapping"]),
        ({"data": {"mirror": "report"}}, ["has no manifest.yaml"]),
        ({"seeds": "abc"}, ["seeds is 'abc'", "allowed: a list"]),
        ({"seeds": []}, ["seeds is []", "at least one"]),
        ({"seeds": [0, 1.5]}, ["seeds[1] is 1.5", "whole number"]),
        ({"transfer": {"image_size": 96.0}}, ["image_size is 96.0", "a whole number from 64"]),
        ({"seeds": [1, 1]}, ["seeds is [1, 1]", "different"]),
        ({"seeds": ["3"]}, ["seeds[0] is '3' (a text, as every number inside --config;"]),
        ({"deterministic": "false"}, ["deterministic is 'false' (a text, as every number"]),
        ({"device": "tpu"}, ["device is 'tpu'", "allowed: auto, cpu, cuda"]),
        ({"eecs182_hw5": {"q6_dataset": "mnist"}}, ["is 'mnist'", "auto, cifar10, cifar100"]),
        ({"eecs182_hw5": {"q7_people": [""]}}, ["q7_people[0] is ''", "not empty"]),
        ({"author": None}, ["author is empty", "mapping"]),
        (
            {"transfer": {"strategies": {**STRATEGIES, "growth": {}}}},
            ["'growth'", "that is no key of the problem's metrics.json"],
        ),
        ({1: 2}, ["the key 1 is not text", "in quotes: '1'"]),
        ({"transfer": {"strategies": {None: {}}}}, ["the key empty in transfer.strategies"]),
        ({"eecs182_hw5": {"q7_hours": float("nan")}}, ["q7_hours is nan", "a finite number"]),
        (
            {"transfer": {"strategies": {**STRATEGIES, "mine": {"blocks": 2, "frozen": 3}}}},
            ["transfer.strategies.mine", "frozen is 3, but blocks is 2", "allowed: from 0"],
        ),
        ({"sets": []}, ["sets is []"]),
        ({"sets": ["csci5527_hw22"]}, ["'csci5527_hw22' is not a set", "allowed: ", "hw2"]),
        ({"data": {"source": "web"}}, ["data.source is 'web'", "standin"]),
        ({"data": {"mirror": "/nope"}}, ["data.mirror is '/nope'", "does not exist"]),
        ({"data": {"source": "mirror"}}, ["data.mirror is empty", "PROOFSHEET_MIRROR"]),
        ({"acknowledgements": {"hw": {}}}, ["acknowledgements: 'hw' is not a set"]),
        ({"acknowledgements": {"csci5527_hw2": {"p1": {}}}}, ["'p1' is not a problem"]),
    ],
)
def test_a_mistake_is_told_in_one_line_with_key_value_and_what_is_allowed(config, parts):
    message = refused(".", checked, config, ROOT)
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("image", "part"),
    [
        ("README.md", "images: 'README.md' is not a picture"),
        ("a.png", "'a.png' does not exist"),
        ("/etc/passwd", "is outside the project's folder; allowed: a png"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named(image, part):
    images = {"p1_subspace": {"images": [image]}}
    refused(part, checked, {"acknowledgements": {"csci5527_hw2": images}}, ROOT)


def test_no_strategy_may_have_the_name_of_another_key_of_its_metrics():
    text = (ROOT / "workflow/problems/csci5527_hw3/p4_transfer/solve.py").read_text()
    (keys,) = (
        {key.value for key in node.value.keys if key is not None}
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "metrics"
    )
    schema = read_yaml(ROOT / SCHEMA)["properties"]["transfer"]["properties"]["strategies"]
    assert set(schema["propertyNames"]["not"]["enum"]) == keys


def test_a_mirror_in_the_environment_is_used_and_checked(monkeypatch, tmp_path):
    monkeypatch.setenv("PROOFSHEET_MIRROR", str(tmp_path))
    refused(r"PROOFSHEET_MIRROR is .*has no manifest\.yaml", checked, {}, ROOT)
    (tmp_path / "manifest.yaml").write_text("{}")
    assert checked({}, ROOT)["data"]["mirror"] == str(tmp_path)
    assert checked({"data": {"source": "standin"}}, ROOT)["data"]["mirror"] == ""
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    for written in (f"~/{tmp_path.name}", f"$HOME/{tmp_path.name}"):
        assert checked({"data": {"mirror": written}}, ROOT)["data"]["mirror"] == str(tmp_path)
    with pytest.raises(UserError, match=r"data\.mirror is .*manifest\.yaml', which is a file;"):
        checked({"data": {"mirror": str(tmp_path / "manifest.yaml")}}, ROOT)


UNREADABLE = {
    "cut": (b"device: auto\nseeds: [0, 1", r"config.yaml:\d is not YAML"),
    "a tab": (b"data:\n\tsource: auto\n", "config.yaml:2 is not YAML"),
    "Latin-1": ("author: {name: é}\n".encode("latin-1"), "is not UTF-8; save it as UTF-8"),
    "binary": (bytes(range(256)), "is not (YAML|UTF-8)"),
    "a tag that would run code": (b"device: !!python/object/apply:os.system ['true']", "not YAML"),
    "empty": (b"", "is empty; allowed: keys with values"),
    "a list": (b"- device: cpu\n", "allowed: keys with values"),
    "a key that is a list": (b"? [a, b]\n: c\n", "is not YAML|unknown key"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path, what):
    content, part = UNREADABLE[what]
    (tmp_path / "config.yaml").write_bytes(content)
    refused(part, lambda: checked(read_config(tmp_path / "config.yaml"), ROOT))


def test_a_configuration_that_is_no_file_is_told(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "link", "missing"):
        refused(f"{name} (does not exist|cannot be read)", read_config, tmp_path / name)


leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
tree = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(read_yaml(ROOT / "config.yaml"))), tree)
def test_any_value_is_accepted_or_told_in_one_line(key, value):
    message = ""
    try:
        checked({key: value}, ROOT)
    except UserError as error:
        message = str(error)
    assert len(message.splitlines()) <= 1


def test_defaults_do_not_leak_from_one_configuration_to_the_next():
    checked({}, ROOT)["seeds"].append(99)
    assert checked({}, ROOT)["seeds"] == [0, 1, 2]


def test_a_new_set_needs_no_code(tmp_path):
    shutil.copytree(ROOT / "report", tmp_path / "report")
    shutil.copytree(ROOT / "workflow/schemas", tmp_path / "workflow/schemas")
    shutil.copytree(ROOT / "workflow/problems", tmp_path / "workflow/problems")
    (tmp_path / "report/my_course").mkdir()
    entry = dict.fromkeys(("title", "course", "short", "hand_in"), "Mine")
    entry["problems"] = {"p1_first": {"title": "First", "parts": {"a": 1}}}
    place = tmp_path / "report/my_course/set.yaml"
    place.write_text(yaml.safe_dump(entry))
    refused(r"my_course/p1_first/solve\.py does not exist; write it", checked, {}, tmp_path)
    solve = tmp_path / "workflow/problems/my_course/p1_first/solve.py"
    solve.parent.mkdir(parents=True)
    solve.touch()
    assert checked({"sets": ["my_course"]}, tmp_path)["sets"] == ["my_course"]

    for content in ("", "[]", "title: Mine", yaml.safe_dump(entry | {"problems": {}})):
        place.write_text(content)
        refused(r"my_course/set\.yaml has no .*; needed: title,", checked, {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("acknowledgements:\n  csci5527_hw2: {}\nacknowledgements: {}\n", 3, "acknowledgements"),
        ("data:\n  source: auto\n  source: mirror\n", 3, "source"),
        ("author: {name: Ada, name: Grace}\n", 1, "name"),
    ],
)
def test_a_key_that_is_there_twice_is_named(tmp_path, text, line, key):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    refused(rf"config.yaml:{line}: the key '{key}' is also on line", read_config, path)


def test_the_same_key_at_two_places_is_none_too_many(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "a: &rate {learning_rate: 1}\nb: {<<: *rate, epochs: 2}\nc: {<<: *rate, epochs: 3}\n"
    )
    assert read_config(path)["c"] == {"learning_rate": 1, "epochs": 3}


def test_a_mistake_is_told_of_the_file_that_makes_it():
    layers = {
        "config.yaml": {"device": "auto", "data": {"source": "auto"}},
        "mine.yaml": {"device": "tpu"},
        "--config": {"seeds": [1]},
    }

    def check(config):
        return checked(config, ROOT)

    def told(**changes):
        whole = {"device": "tpu", "data": {"source": "auto"}, "seeds": [1]} | changes
        with pytest.raises(UserError) as caught:
            check(whole)
        return name_source(caught.value, layers | {"--config": {"seeds": [1]} | changes}, check)

    assert told().startswith("mine.yaml: device is 'tpu'")
    assert told(device="gpu").startswith("--config: device is 'gpu'")
