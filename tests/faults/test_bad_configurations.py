"""Configurations and manifests that are wrong: each ends in one clear line, and writes nothing."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from proofsheet.data.prepare import prepare
from proofsheet.jobs.errors import UserError
from proofsheet.planning.config import checked, read_config
from workflow_project import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.slow]

CONFIGS: dict[str, tuple[bytes | str, str]] = {
    "empty": ("", "is empty; allowed: keys with values"),
    "only a comment": ("# nothing\n", "is empty"),
    "a list": ("- device: cpu\n", "allowed: keys with values"),
    "a key twice": ("device: cpu\ndevice: cuda\n", "config.yaml:2: the key 'device' is also"),
    "a word": ("quick\n", "allowed: keys with values"),
    "truncated": ("device: auto\nseeds: [0, 1", r"config.yaml:\d is not YAML"),
    "a tab": ("data:\n\tsource: auto\n", "config.yaml:2 is not YAML"),
    "a quote that is left open": ("author:\n  name: 'Ada\n", "is not YAML"),
    "not UTF-8": ("author: {name: é}\n".encode("latin-1"), "is not UTF-8; save it as UTF-8"),
    "UTF-16": ("device: auto\n".encode("utf-16"), "is not UTF-8"),
    "binary": (bytes(range(256)), "is not (YAML|UTF-8)"),
    "a zero byte": (b"device: \x00auto\n", "is not YAML"),
    "a tag that would run code": ("device: !!python/object/apply:os.system ['true']", "not YAML"),
    "an anchor that is not there": ("device: *nowhere\n", "is not YAML"),
    "an unknown key": ("sedes: [1]\n", r"unknown key sedes \(did you mean 'seeds'\?\)"),
    "an unknown key of data": ("data: {sorce: auto}\n", "unknown key data.sorce"),
    "a key that is a number": ("1: 2\n", "the key 1 is not text"),
    "a key that is a list": ("? [a, b]\n: c\n", "is not YAML|unknown key"),
    "a device that does not exist": ("device: tpu\n", "device is 'tpu'; allowed: auto, cpu, cuda"),
    "a device that is a truth value": ("device: yes\n", "device is True"),
    "a preset that does not exist": ("preset: medium\n", "preset is 'medium'; allowed: auto, full"),
    "seeds that are one number": ("seeds: 0\n", "seeds is 0"),
    "no seeds": ("seeds: []\n", r"seeds is \[\]"),
    "a negative seed": ("seeds: [-1]\n", r"seeds\[0\] is -1"),
    "a seed that is too large": ("seeds: [0, 4294967296]\n", r"seeds\[1\] is 4294967296"),
    "a seed that is a fraction": ("seeds: [0.5]\n", r"seeds\[0\] is 0.5"),
    "a seed that is not a number": ("seeds: [.nan]\n", r"seeds\[0\] is nan"),
    "a seed that is a text": ("seeds: ['0']\n", r"seeds\[0\] is '0' \(a text, as"),
    "a seed twice": ("seeds: [1, 1]\n", "seeds is .*different"),
    "no sets": ("sets: []\n", r"sets is \[\]"),
    "sets that are one text": ("sets: csci5527_hw2\n", "sets is 'csci5527_hw2'"),
    "a set that does not exist": ("sets: [csci5527_hw9]\n", "'csci5527_hw9' is not a set"),
    "a set that leads elsewhere": ("sets: [../../etc]\n", "'../../etc' is not a set"),
    "data that are a list": ("data: [mirror]\n", "data is "),
    "data that are empty": ("data:\n", "data is empty"),
    "a source that does not exist": ("data: {source: web}\n", "data.source is 'web'; allowed"),
    "a mirror that does not exist": ("data: {mirror: /nowhere}\n", "'/nowhere', which does not"),
    "a mirror without a manifest": ("data: {mirror: report}\n", "has no manifest.yaml"),
    "a mirror that is a number": ("data: {mirror: 7}\n", "data.mirror is 7"),
    "a name that is a list": ("author: {name: [Ada]}\n", "author.name is "),
    "acknowledgements of no set": ("acknowledgements: {hw: {}}\n", "'hw' is not a set"),
    "acknowledgements of no problem": (
        "acknowledgements: {csci5527_hw2: {p9: {}}}\n", "'p9' is not a problem",
    ),
    "a picture that does not exist": (
        "acknowledgements: {csci5527_hw2: {p1_subspace: {images: [nowhere.png]}}}\n",
        "'nowhere.png' does not exist",
    ),
    "a picture that is a text": (
        "acknowledgements: {csci5527_hw2: {p1_subspace: {images: [README.md]}}}\n",
        "'README.md' is not a picture",
    ),
    "a picture that is elsewhere": (
        "acknowledgements: {csci5527_hw2: {p1_subspace: {images: [/etc/passwd]}}}\n",
        "is outside the project's folder; allowed: a png",
    ),
}  # fmt: skip


def one_clear_line(caught: pytest.ExceptionInfo[UserError], phrase: str) -> None:
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 600
    assert re.search(phrase, told), told


@pytest.mark.parametrize("what", CONFIGS)
def test_a_bad_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.delenv("PROOFSHEET_MIRROR", raising=False)
    body, phrase = CONFIGS[what]
    path = tmp_path / "config.yaml"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    with pytest.raises(UserError) as caught:
        checked(read_config(path), ROOT)
    one_clear_line(caught, phrase)
    assert [p.name for p in tmp_path.iterdir()] == ["config.yaml"]


def test_a_picture_that_is_there_but_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"")
    images = [f"{tmp_path}/secret.png"]
    config = {"acknowledgements": {"csci5527_hw2": {"p1_subspace": {"images": images}}}}
    with pytest.raises(UserError) as caught:
        checked(config, ROOT)
    one_clear_line(caught, "is outside the project's folder")


@pytest.mark.parametrize("kind", ["a folder", "a link to nowhere", "missing"])
def test_a_configuration_that_is_no_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "config.yaml"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link to nowhere":
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError) as caught:
        read_config(path)
    one_clear_line(caught, "config.yaml (does not exist|cannot be read)")


DIGEST = "0" * 64
MANIFEST = (
    f"dry_bean:\n  official: true\n  licence: x\n  files:\n    Dry.xlsx: {{sha256: {DIGEST}}}\n"
)
MANIFESTS: dict[str, tuple[bytes | str, str]] = {
    "empty": ("", "empty: allowed: datasets by name"),
    "truncated": (MANIFEST[:-20], "is not YAML"),
    "a list": ("- dry_bean\n", "datasets by name"),
    "not UTF-8": ("dry_bean: é".encode("latin-1"), "is not UTF-8"),
    "binary": (bytes(range(256)), "is not (YAML|UTF-8)"),
    "an unknown key": (MANIFEST + "  url: http://example.org\n", "'url' was unexpected"),
    "no licence": (MANIFEST.replace("  licence: x\n", ""), "'licence' is a required property"),
    "official is a word": (MANIFEST.replace("true", "perhaps"), "allowed: true or false"),
    "a digest that is cut": (MANIFEST.replace(DIGEST, DIGEST[:-1]), "64 hexadecimal digits"),
    "a digest that is a list": (MANIFEST.replace(DIGEST, "[1]"), "64 hexadecimal digits"),
    "no digest": (MANIFEST.replace(f"{{sha256: {DIGEST}}}", "{}"), "allowed: .sha256: …. or .md5"),
    "a name that leads up": (MANIFEST.replace("Dry.xlsx", "../../passwd"), "not a path inside"),
    "a name that is absolute": (MANIFEST.replace("Dry.xlsx", "/etc/passwd"), "not a path inside"),
    "a folder that leads up": (MANIFEST + "  folder: ../..\n", "not a path inside"),
    "a dataset that leads up": (MANIFEST.replace("dry_bean", "../beans"), "not a path inside"),
    "a file that is not there": (MANIFEST, "is not in .*manifest.yaml"),
    "a bomb of nested lists": ("[" * 20_000, "is not YAML"),
    "a bomb of references": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{after}: &{after} [{','.join([f'*{letter}'] * 9)}]\n"
            for letter, after in itertools.pairwise("abcdefghi")
        ),
        "allowed: plain values",
    ),
}


@pytest.mark.parametrize("what", MANIFESTS)
def test_a_bad_manifest(tmp_path: Path, what: str) -> None:
    body, phrase = MANIFESTS[what]
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "manifest.yaml").write_bytes(body.encode() if isinstance(body, str) else body)
    with pytest.raises(UserError) as caught:
        prepare("dry_bean", "mirror", str(mirror), 0, tmp_path / "results")
    one_clear_line(caught, phrase)
    assert list((tmp_path / "results").iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mirror", "results"]
