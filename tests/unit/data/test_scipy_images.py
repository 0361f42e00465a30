"""SciPy's images: decoded without unpickling, refused when damaged, drawn when there are none."""

import bz2
import hashlib
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from proofsheet.data import scipy_images
from proofsheet.data.sources.choose import obtain
from unit.data.images import mirror_of
from user_errors import refused


@pytest.fixture(scope="module")
def images() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = scipy_images.SHAPES.items()
    return {name: rng.integers(0, 256, shape, dtype=np.uint8) for name, shape in shapes}


@pytest.fixture
def made(tmp_path, images) -> Path:
    """A mirror with files of the published forms."""
    bodies = {
        "ascent.dat": pickle.dumps(images["ascent"], protocol=4),
        "face.dat": bz2.compress(images["face"].tobytes(), 1),
    }
    return mirror_of(tmp_path, "scipy", bodies)


def get(source: str, mirror: str, workspace: Path):
    return obtain(scipy_images.MIRROR_NAME, scipy_images, source, mirror, 0, workspace)


def test_the_mirror_gives_both_images(made, images, tmp_path):
    used, found = get("auto", str(made), tmp_path)
    assert (used, found.official) == ("mirror", True)
    for name, pixels in images.items():
        np.testing.assert_array_equal(found.arrays[name], pixels)
    assert [record["name"] for record in found.files] == ["ascent.dat", "face.dat"]


def test_a_damaged_file_is_not_even_decoded(made, tmp_path, monkeypatch):
    path = made / "scipy" / "ascent.dat"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    decoders = scipy_images.DECODERS | {"ascent": lambda data: pytest.fail("decoded")}
    monkeypatch.setattr(scipy_images, "DECODERS", decoders)
    refused("damaged", get, "mirror", str(made), tmp_path)


class Malicious:
    def __reduce__(self):
        return os.mkdir, ("malice",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a pickle",
        pickle.dumps(Malicious()),
        pickle.dumps([Malicious(), b"x" * 512 * 512]),
        pickle.dumps(np.zeros((512, 512))),
        pickle.dumps(np.zeros((256, 1024), np.uint8)),
        pickle.dumps([np.zeros((512, 512), np.uint8)] * 2 + [b"\1" * 512 * 512]),
    ],
)
def test_other_pickles_are_refused_and_never_run(body, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="not"):
        scipy_images.ascent_pixels(body)
    assert not (tmp_path / "malice").exists()


@pytest.mark.parametrize(
    "body", [b"", b"not bzip2", bz2.compress(b"short"), bz2.compress(bytes(768 * 1024 * 3 + 1))]
)
def test_other_compressed_files_are_refused(body):
    with pytest.raises(ValueError, match="not"):
        scipy_images.face_pixels(body)


def test_a_listed_file_of_another_kind_is_told_in_one_line(made, tmp_path):
    mirror_of(made, "scipy", {"ascent.dat": b"", "face.dat": bz2.compress(b"short")})
    refused("cannot be decoded", get, "mirror", str(made), tmp_path)


def test_offline_auto_falls_to_the_standin(tmp_path, monkeypatch):
    monkeypatch.setattr(scipy_images, "HOST", "http://127.0.0.1:9")
    assert get("auto", "", tmp_path)[0] == "standin"


def test_the_client_is_asked_and_its_files_verified(tmp_path, images, monkeypatch):
    pooch = ModuleType("pooch")
    pooch.os_cache = lambda name: tmp_path
    monkeypatch.setitem(sys.modules, "pooch", pooch)
    monkeypatch.setattr(scipy_images, "_ask_client", lambda: images)
    bodies = {"ascent": b"a", "face": b"f"}
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    monkeypatch.setattr(scipy_images, "SHA256", digests)
    for name, body in bodies.items():
        (tmp_path / f"{name}.dat").write_bytes(body)
    used, found = get("official", "", tmp_path)
    assert (used, found.official) == ("official", True)
    assert {record["sha256"] for record in found.files} == set(digests.values())
    (tmp_path / "face.dat").write_bytes(b"other")
    refused("not the published file", get, "official", "", tmp_path)


@pytest.mark.mirror
def test_the_real_files_are_the_published_images(mirror, tmp_path):
    found = get("mirror", str(mirror), tmp_path)[1]
    assert found.arrays["ascent"].max() == 255
    assert found.arrays["ascent"][0, 0] == 83
    digests = {record["name"]: record["sha256"] for record in found.files}
    assert digests == {f"{name}.dat": digest for name, digest in scipy_images.SHA256.items()}
