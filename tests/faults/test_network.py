"""The network goes away in the middle of each official client's download."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from proofsheet.data import bloodmnist, chest_xray, cifar10, cifar100, dry_bean, mnist, scipy_images
from proofsheet.data.prepare import prepare
from proofsheet.data.weights import PretrainedWeights
from proofsheet.jobs.errors import UserError
from unit.data.conftest import only_this_machine  # noqa: F401
from unit.data.images import gz, idx, labelled_images, npz, serving
from unit.data.kaggle_client import api, connect
from unit.data.support import Answer, Columns, Server, as_csv, uci
from workflow_project import QUICK

from .conftest import SmallProject, disk, one_line, remount

pytestmark = [pytest.mark.faults, pytest.mark.slow]

FEW_DIGITS = {"train": (6,) * 10, "test": (2,) * 10}


def cut(body: bytes) -> Answer:
    """Half of a body that was announced as a whole; then the connection ends."""
    return Answer(body[: len(body) // 2], announced=len(body))


def uci_cut(server: Server, monkeypatch: pytest.MonkeyPatch, columns: Columns) -> str:
    monkeypatch.setenv("PROOFSHEET_UCI_URL", server.url)
    server.script = [uci(server, cut(as_csv(columns)))]
    return "ucimlrepo"


def torchvision_cut(server: Server, monkeypatch: pytest.MonkeyPatch, columns: Columns) -> str:
    from torchvision.datasets import MNIST

    files = {}
    for seed, (part, names) in enumerate(mnist.FILES.items()):
        images = labelled_images(mnist.SIZE, FEW_DIGITS[part], seed)
        files |= {n: gz(idx(a)) for n, a in zip(names, images, strict=True)}
    sums = [(name, hashlib.md5(files[name]).hexdigest()) for name, _ in MNIST.resources]
    monkeypatch.setattr(MNIST, "resources", sums)
    monkeypatch.setattr(MNIST, "mirrors", [f"{server.url}/"])
    last = sums[-1][0]
    server.script = [serving({**files, last: cut(files[last])})]
    return "torchvision"


def torchvision_archive_cut(server: Server, monkeypatch: pytest.MonkeyPatch, _: Columns) -> str:
    from torchvision.datasets import CIFAR10, CIFAR100

    for dataset in (CIFAR10, CIFAR100):
        monkeypatch.setattr(dataset, "url", f"{server.url}/{dataset.filename}")
    server.script = [cut(np.random.default_rng(0).bytes(200_000))]
    return "torchvision"


def medmnist_cut(server: Server, monkeypatch: pytest.MonkeyPatch, columns: Columns) -> str:
    import medmnist

    archive = npz(train_images=np.random.default_rng(0).integers(0, 256, (50, 28, 28, 3)))
    monkeypatch.setitem(medmnist.INFO["bloodmnist"], "url", f"{server.url}/bloodmnist.npz")
    server.script = [serving({"bloodmnist.npz": cut(archive)})]
    return "medmnist"


def kaggle_cut(server: Server, monkeypatch: pytest.MonkeyPatch, columns: Columns) -> str:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("chest_xray/train/NORMAL/IM-0001-0001.jpeg", bytes(100_000))
    connect(server, Path(os.environ["HOME"]), monkeypatch)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "a-secret-token-0123456789")
    server.script = [api(cut(body.getvalue()))]
    return "kaggle"


CLIENTS = {
    "dry_bean": (dry_bean, uci_cut),
    "mnist": (mnist, torchvision_cut),
    "cifar10": (cifar10, torchvision_archive_cut),
    "cifar100": (cifar100, torchvision_archive_cut),
    "bloodmnist": (bloodmnist, medmnist_cut),
    "chest_xray": (chest_xray, kaggle_cut),
}


@pytest.mark.parametrize("dataset", CLIENTS)
def test_a_download_that_is_cut_is_tried_again_then_told_and_leaves_nothing(
    server: Server, columns: Columns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    _, cutting = CLIENTS[dataset]
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    client = cutting(server, monkeypatch, columns)
    with pytest.raises(UserError) as caught:
        prepare(dataset, "official", "", 0, tmp_path / "results")
    told = str(caught.value)
    assert "\n" not in told
    assert f"by {client}" in told
    assert "3 attempts" in told
    assert "data.mirror" in told
    assert len(server.asked) >= 3
    # Kaggle's archive is kept to be resumed.
    left = [path.name for path in (tmp_path / "results").iterdir()]
    assert left == ([".kaggle"] if client == "kaggle" else [])


def test_pooch_is_cut_and_leaves_no_file_in_its_cache(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`scipy.datasets` keeps its files in a cache: no half of one may stay there."""
    pytest.importorskip("pooch")
    import scipy.datasets._fetchers as fetchers

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PROOFSHEET_SCIPY_URL", server.url)
    monkeypatch.setattr(fetchers.data_fetcher, "path", tmp_path / "cache" / "scipy-data")
    names = fetchers.data_fetcher.registry
    monkeypatch.setattr(
        fetchers.data_fetcher, "urls", {name: f"{server.url}/{name}" for name in names}
    )
    server.script = [cut(bytes(100_000))]
    with pytest.raises(UserError) as caught:
        scipy_images.official(tmp_path)
    told = str(caught.value)
    assert "\n" not in told
    assert "by scipy.datasets" in told
    assert "3 attempts" in told
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_pretrained_weights_are_cut_and_leave_no_file(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torchvision.models import SqueezeNet1_1_Weights

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(
        SqueezeNet1_1_Weights.IMAGENET1K_V1.value, "url", f"{server.url}/squeezenet1_1-12345678.pth"
    )
    server.script = [cut(np.random.default_rng(0).bytes(200_000))]
    with pytest.raises(UserError) as caught:
        PretrainedWeights().official(tmp_path / "workspace")
    told = str(caught.value)
    assert "\n" not in told
    assert "by torchvision" in told
    assert "3 attempts" in told
    assert len(server.asked) >= 3
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


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
    server: Server, fresh: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = radiographs()
    server.script = [api(Answer(body))]
    kaggle_is(server, fresh)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "a-secret-token-0123456789")
    words = ("results/data/chest_xray/source.json", *QUICK[:2], "data={source: official}")
    results = fresh.folder / "results"
    with disk(results, f"size={len(body) // 2}"):
        run = fresh.snakemake(*words)
        assert run.returncode != 0
        assert "free some space and run again" in one_line(run.stdout, "the disk is full")
        assert not list(results.rglob("*.npz"))
        assert not fresh.half_written()
        assert server.asked  # it was the download that filled it
        remount(results, "size=1g")
        again = fresh.snakemake(*words)
        assert again.returncode == 0, again.stdout[-4000:]
        assert (fresh.folder / words[0]).is_file()
        assert not fresh.half_written()


def test_kaggle_s_token_is_in_no_process_list_and_in_no_file(
    server: Server, fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    run = fresh.snakemake(
        "results/data/chest_xray/source.json", *QUICK[:2], "data={source: official}"
    )
    assert run.returncode == 0, run.stdout
    assert f"Bearer {token}" in server.authorized
    assert any("prepare.py" in command for command in commands)
    assert not any(token in command for command in commands)
    assert token not in run.stdout
    written = [path for path in fresh.folder.rglob("*") if path.is_file()]
    assert any(path.name == "chest_xray.log" for path in written)
    assert not [path for path in written if token.encode() in path.read_bytes()]


def test_in_the_workflow_a_cut_download_is_one_line_and_leaves_nothing(
    server: Server, columns: Columns, fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    uci_cut(server, monkeypatch, columns)
    run = fresh.snakemake(
        "results/data/dry_bean/source.json", *QUICK[:2], "data={source: official}"
    )
    assert run.returncode != 0
    line = one_line(run.stdout, "could not be fetched in 3 attempts")
    assert "Dry Bean (id 602) by ucimlrepo" in line
    folder = fresh.folder / "results/data/dry_bean"
    assert not folder.exists() or list(folder.iterdir()) == []
    assert len(server.asked) >= 6  # each attempt asks twice
