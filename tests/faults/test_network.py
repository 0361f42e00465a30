"""The network goes away, or the disk fills up, in the middle of a download.

A cut download by each of the other clients is in tests/unit/data.
"""

import io
import secrets
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from proofsheet.data import chest_xray, scipy_images
from unit.data.conftest import only_this_machine  # noqa: F401
from unit.data.kaggle_client import api
from unit.data.support import Answer, Server, as_csv, uci
from user_errors import refused
from workflow_project import QUICK

from .conftest import SmallProject, disk, remount

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def cut(body: bytes) -> Answer:
    """Half of a body that was announced as a whole; then the connection ends."""
    return Answer(body[: len(body) // 2], announced=len(body))


def test_pooch_is_cut_and_leaves_no_file_in_its_cache(server, tmp_path, monkeypatch):
    """`scipy.datasets` keeps its files in a cache: no half of one may stay there."""
    pytest.importorskip("pooch")
    import scipy.datasets._fetchers as fetchers

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(scipy_images, "HOST", server.url)
    monkeypatch.setattr(fetchers.data_fetcher, "path", tmp_path / "cache" / "scipy-data")
    names = fetchers.data_fetcher.registry
    monkeypatch.setattr(
        fetchers.data_fetcher, "urls", {name: f"{server.url}/{name}" for name in names}
    )
    server.script = [cut(bytes(100_000))]
    refused("by scipy.datasets.*3 attempts", scipy_images.official, tmp_path)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def radiographs() -> bytes:
    """An archive with the published numbers of images, all of them one small picture."""
    picture, body = io.BytesIO(), io.BytesIO()
    Image.fromarray(np.full((8, 8), 90, np.uint8)).save(picture, "JPEG")
    with zipfile.ZipFile(body, "w") as archive:
        for part, (normal, ill) in chest_xray.COUNTS.items():
            for i in range(normal):
                name = f"chest_xray/{part}/NORMAL/IM-{i:04d}-0001.jpeg"
                archive.writestr(name, picture.getvalue())
            for i in range(ill):
                name = f"chest_xray/{part}/PNEUMONIA/person{i}_virus_{i}.jpeg"
                archive.writestr(name, picture.getvalue())
    return body.getvalue()


def kaggle_is(server: Server, project: SmallProject) -> None:
    """The client's address is a constant: in this copy of the project it is the test's server."""
    pytest.importorskip("kaggle")
    with (project.folder / "src/proofsheet/data/sources/kaggle.py").open("a") as module:
        module.write(
            "\nfrom kagglesdk import kaggle_env\n"
            f"kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.PROD] = {server.url!r}\n"
        )


def test_a_disk_that_is_full_during_a_download_is_told_and_a_run_after_it_completes(
    server, fresh, monkeypatch
):
    body = radiographs()
    server.script = [api(Answer(body))]
    kaggle_is(server, fresh)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "a-secret-token-0123456789")
    words = ("results/data/chest_xray/source.json", *QUICK[:2], "data={source: official}")
    results = fresh.folder / "results"
    with disk(results, f"size={len(body) // 2}"):
        line = fresh.fail("the disk is full", *words)
        assert "free some space and run again" in line
        assert not list(results.rglob("*.npz"))
        assert not fresh.half_written()
        assert server.asked  # it was the download that filled it
        remount(results, "size=1g")
        fresh.succeed(*words)
        assert (fresh.folder / words[0]).is_file()
        assert not fresh.half_written()


def test_kaggle_s_token_is_in_no_process_list_and_in_no_file(server, fresh, monkeypatch):
    """The whole job, while everybody on the machine looks at `ps`: it is sent, and is nowhere."""
    body, commands, token = radiographs(), [], secrets.token_hex(16)

    def watched(path: str) -> Answer:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                commands.append((process / "cmdline").read_bytes().decode(errors="replace"))
        return Answer(body)

    server.script = [api(watched)]
    kaggle_is(server, fresh)
    monkeypatch.setenv("KAGGLE_API_TOKEN", token)
    said = fresh.succeed(
        "results/data/chest_xray/source.json", *QUICK[:2], "data={source: official}"
    )
    assert f"Bearer {token}" in server.authorized
    assert any("prepare.py" in command for command in commands)
    assert not any(token in command for command in commands)
    assert token not in said
    written = [path for path in fresh.folder.rglob("*") if path.is_file()]
    assert any(path.name == "chest_xray.log" for path in written)
    assert not [path for path in written if token.encode() in path.read_bytes()]


def test_in_the_workflow_a_cut_download_is_one_line_and_leaves_nothing(
    server, columns, fresh, monkeypatch
):
    monkeypatch.setenv("PROOFSHEET_UCI_URL", server.url)
    server.script = [uci(server, cut(as_csv(columns)))]
    told = r"Dry Bean \(id 602\) by ucimlrepo .* could not be fetched in 3 attempts"
    target = "results/data/dry_bean/source.json"
    fresh.fail(told, target, *QUICK[:2], "data={source: official}")
    folder = fresh.folder / "results/data/dry_bean"
    assert not folder.exists() or list(folder.iterdir()) == []
    assert len(server.asked) >= 6  # each attempt asks twice
