"""A notebook's MNIST: published files first, the client next, stand-ins that say so last."""

from __future__ import annotations

import numpy as np
import pytest

from proofsheet.notebooks.loaders import mnist
from unit.data.images import gz, idx, mirror_of


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    def refuse(*arguments, **options):
        raise OSError("no network")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.delenv("PROOFSHEET_MIRROR", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def digits():
    """MNIST's four files, compressed, and what is in them."""
    files, parts = {}, []
    for part, count in (("train", 60_000), ("t10k", 10_000)):
        y = np.random.default_rng(count).integers(0, 10, count).astype(np.uint8)
        x = np.zeros((count, 28, 28), np.uint8)  # mostly empty: it has to be compressed
        x[np.arange(count), y, np.arange(count) % 28] = 255
        files[f"{part}-images-idx3-ubyte.gz"] = gz(idx(x))
        files[f"{part}-labels-idx1-ubyte.gz"] = gz(idx(y))
        parts.append((x, y))
    return files, parts


def _equal(found, wanted):
    for (x, y), (wanted_x, wanted_y) in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(x, wanted_x)
        np.testing.assert_array_equal(y, wanted_y)
        assert (x.dtype, y.dtype) == (np.uint8, np.int64)
        assert x.flags.writeable  # else PyTorch warns in the notebook
        assert y.flags.writeable


def test_mnist_of_a_mirror(digits, tmp_path, monkeypatch):
    files, parts = digits
    monkeypatch.setenv("PROOFSHEET_MIRROR", str(mirror_of(tmp_path / "mirror", "mnist", files)))
    _equal(mnist.load_mnist(seed=0), parts)


def test_mnist_beside_the_notebook(digits, tmp_path):
    files, parts = digits
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    _equal(mnist.load_mnist(seed=0), parts)


def test_without_mnist_real_digits_stand_in_and_it_is_said(capsys):
    (x, y), (test_x, test_y) = mnist.load_mnist(seed=0)
    assert "NOT THE REAL DATA" in capsys.readouterr().out
    assert len(y) + len(test_y) == 1797
    assert x.shape[1:] == test_x.shape[1:] == (28, 28)
    assert set(y) == set(test_y) == set(range(10))
