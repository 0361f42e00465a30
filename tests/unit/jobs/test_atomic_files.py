"""Files are whole or absent."""

import os
import stat

import numpy as np
import pytest

from proofsheet.jobs.atomic_files import (
    read_arrays,
    read_json,
    replacing,
    write_arrays,
    write_json,
    write_text,
)
from user_errors import refused


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def write_half_and_stop():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half_and_stop()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_is_as_private_as_the_user_wants_it(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode


def test_json_keeps_full_precision_and_numpy_values(tmp_path):
    path = tmp_path / "a.json"
    value = {"x": np.float64(0.1) + np.float64(0.2), "n": np.int64(3), "a": np.eye(2), 1: (1, 2)}
    write_json(path, value)
    assert read_json(path) == {
        "x": 0.30000000000000004,
        "n": 3,
        "a": [[1.0, 0.0], [0.0, 1.0]],
        "1": [1, 2],
    }


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.array([1.0, np.nan])])
def test_a_nan_is_not_a_result(tmp_path, bad):
    with pytest.raises(ValueError, match=r"nan|inf"):
        write_json(tmp_path / "a.json", {"x": bad})
    assert list(tmp_path.iterdir()) == []


def test_arrays_come_back(tmp_path):
    path = tmp_path / "a.npz"
    write_arrays(path, x=np.arange(3), y=np.ones((2, 2), np.float32))
    back = read_arrays(path)
    assert back["x"].tolist() == [0, 1, 2]
    assert back["y"].dtype == np.float32


def test_pickled_objects_are_refused(tmp_path):
    with pytest.raises(ValueError, match="pickle"):
        write_arrays(tmp_path / "a.npz", x=np.array([{}], dtype=object))
    np.savez(tmp_path / "b.npz", x=np.array([{}], dtype=object))
    refused(r"b\.npz is not a readable", read_arrays, tmp_path / "b.npz")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"PK\x03\x04junk"])
def test_garbage_is_named(tmp_path, content):
    path = tmp_path / "bad"
    path.write_bytes(content)
    refused("bad is not", read_json, path)
    refused("bad is not", read_arrays, path)
