"""On a cluster: the stage-in of data."""

import os

import pytest

from proofsheet.jobs.errors import UserError
from proofsheet.jobs.node_cache import near


def test_without_scratch_the_file_itself_is_read(tmp_path):
    assert near(tmp_path / "x.npz", "") == tmp_path / "x.npz"


def test_a_file_is_copied_once_and_again_when_it_has_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("NODE_DISK", str(tmp_path / "node"))
    shared = tmp_path / "shared" / "train.npz"
    shared.parent.mkdir()
    shared.write_bytes(b"first")
    copy = near(shared, "$NODE_DISK")
    assert copy.read_bytes() == b"first"
    assert copy.is_relative_to(tmp_path / "node")
    os.utime(copy, (1, 1))
    assert near(shared, "$NODE_DISK").stat().st_mtime == 1  # not copied again
    shared.write_bytes(b"second version")
    assert near(shared, "$NODE_DISK").read_bytes() == b"second version"


def test_a_variable_that_the_node_does_not_set_makes_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NODE_DISK", raising=False)
    (tmp_path / "x.npz").write_bytes(b"x")
    with pytest.raises(UserError, match=r"data\.scratch is '\$NODE_DISK', but this node sets no"):
        near(tmp_path / "x.npz", "$NODE_DISK")
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]


def test_a_scratch_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "x.npz").write_bytes(b"x")
    with pytest.raises(UserError, match=r"data\.scratch is .*file.*, which cannot be written"):
        near(tmp_path / "x.npz", str(tmp_path / "file"))
