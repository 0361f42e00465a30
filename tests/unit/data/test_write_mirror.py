"""`make mirror`: the files as people have them become a manifest, and what is missing is told."""

import gzip
import zipfile

import numpy as np
import pytest
import yaml

from proofsheet.data import mnist
from proofsheet.data.sources.mirror import read_mirror
from proofsheet.data.write_mirror import HEADER, MODULES, write_mirror
from unit.data.images import gz, idx, labelled_images
from user_errors import refused

FEW = {"train": (3,) * 10, "test": (1,) * 10}


@pytest.fixture
def digits(monkeypatch) -> dict[str, bytes]:
    monkeypatch.setattr(mnist, "COUNTS", FEW)
    files = {}
    for seed, (part, names) in enumerate(mnist.FILES.items()):
        images = labelled_images(mnist.SIZE, FEW[part], seed)
        files |= {n: gz(idx(a)) for n, a in zip(names, images, strict=True)}
    return files


NAMES = {
    "published": lambda name: name,
    "MNIST/raw": lambda name: f"MNIST/raw/{name.removesuffix('.gz')}",
    "dotted": lambda name: name.removesuffix(".gz").replace("-idx", ".idx"),
    "dotted and packed": lambda name: f"a/b/{name.replace('-idx', '.idx')}",
}


@pytest.mark.parametrize("naming", NAMES)
def test_digits_are_found_under_their_usual_names(digits, tmp_path, naming):
    for name, body in digits.items():
        path = tmp_path / NAMES[naming](name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body if path.suffix == ".gz" else gzip.decompress(body))
    (tmp_path / ".DS_Store").write_bytes(b"x")
    found, missing = write_mirror(tmp_path)
    assert [line.split(":")[0] for line in found] == ["mnist"]
    assert sorted(line.split(":")[0] for line in missing) == sorted({*MODULES} - {"mnist"})
    assert all("download" in line and "https://" in line for line in missing)
    arrays = mnist.mirror(read_mirror(tmp_path)["mnist"], tmp_path).arrays
    assert arrays["x"].shape == (40, 28, 28)
    write_mirror(tmp_path)  # its own manifest is written anew


def test_beans_are_found_in_uci_s_zip_and_told_if_they_are_others(whole_workbook, tmp_path):
    (root := tmp_path / "mirror").mkdir()
    with zipfile.ZipFile(root / "dry+bean+dataset.zip", "w") as archive:
        archive.write(whole_workbook, f"DryBeanDataset/{whole_workbook.name}")
    found, _ = write_mirror(root)
    assert found[0].startswith("dry_bean: dry+bean+dataset.zip")
    entry = read_mirror(root)["dry_bean"]
    assert MODULES["dry_bean"].mirror(entry, tmp_path).arrays["x"].shape == (678, 16)
    (root / "dry+bean+dataset.zip").write_bytes(b"<html>log in</html>")
    found, missing = write_mirror(root)
    assert not found
    assert any("dry+bean+dataset.zip cannot be unpacked" in line for line in missing)
    assert (root / "manifest.yaml").read_text() == f"{HEADER}{{}}\n"


def test_files_that_are_not_as_published_are_not_listed(digits, tmp_path):
    for name, body in digits.items():
        (tmp_path / name).write_bytes(body)
    name = mnist.FILES["test"][0]
    (tmp_path / name).write_bytes(gz(idx(np.zeros((3, 28, 28), np.uint8))))
    found, missing = write_mirror(tmp_path)
    assert not found
    assert any(line.startswith("mnist: ") and name in line for line in missing)
    assert yaml.safe_load((tmp_path / "manifest.yaml").read_text()) == {}


def test_a_manifest_of_somebody_s_own_is_not_replaced(tmp_path):
    (tmp_path / "manifest.yaml").write_text("mnist: {}\n")
    refused("was not written by make mirror", write_mirror, tmp_path)
    refused("is not a folder", write_mirror, tmp_path / "nowhere")
