"""Archives that would rather do something else than be unpacked."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofsheet.data.sources.archive import Checksum, unpack_members
from unit.data.batches import tar

BODY = b"a member"
WANTED = {"b/one": Checksum("md5", hashlib.md5(BODY).hexdigest())}


def written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def unpack(tmp_path: Path, body: bytes, limit: int = 100_000) -> dict[str, Path]:
    path = tmp_path / "archive"
    path.write_bytes(body)
    return unpack_members(path, WANTED, tmp_path / "out", limit)


PACKINGS = {
    "plain tar": lambda members: tar(members, ""),
    "tar.gz": lambda members: tar(members, "gz"),
    "tar.bz2": lambda members: tar(members, "bz2"),
    "tar.xz": lambda members: tar(members, "xz"),
    "zip": zipped,
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_the_member_that_is_asked_for_is_written_and_no_other(tmp_path, packing):
    members = {"a": b"-", "../b/one": b"-", "/b/one": b"-", "b/one": BODY, "b/two": b"-"}
    found = unpack(tmp_path, PACKINGS[packing](members))
    assert found == {"b/one": tmp_path / "out" / "b" / "one"}
    assert written(tmp_path / "out") == [found["b/one"]]
    assert found["b/one"].read_bytes() == BODY


@pytest.mark.parametrize("packing", PACKINGS)
def test_an_archive_that_holds_too_much_is_refused(tmp_path, packing):
    body = PACKINGS[packing]({"b/one": bytes(5_000_000)})
    with pytest.raises(ValueError, match="holds more than the 100,000 bytes expected in it"):
        unpack(tmp_path, body)
    assert not written(tmp_path / "out")


def test_a_tar_is_not_read_beyond_the_limit_for_a_member_behind_it(tmp_path):
    with pytest.raises(ValueError, match="holds more than"):
        unpack(tmp_path, tar({"zeros": bytes(5_000_000), "b/one": BODY}, "gz"))


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_member_with_other_bytes_leaves_no_file(tmp_path, packing):
    with pytest.raises(ValueError, match=r"member b/one is damaged: expected md5 .*, found"):
        unpack(tmp_path, PACKINGS[packing]({"b/one": BODY + b"!"}))
    assert not written(tmp_path / "out")


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_member_that_is_not_there_is_named(tmp_path, packing):
    with pytest.raises(ValueError, match="has no member 'b/one'"):
        unpack(tmp_path, PACKINGS[packing]({"b/two": BODY}))


@pytest.mark.parametrize(
    "kind", ["SYMTYPE", "LNKTYPE", "CHRTYPE", "BLKTYPE", "FIFOTYPE", "DIRTYPE"]
)
def test_a_member_that_is_no_plain_file_is_not_unpacked(tmp_path, kind):
    (tmp_path / "secret").write_bytes(BODY)
    special = tarfile.TarInfo("b/one")
    special.type, special.linkname = getattr(tarfile, kind), str(tmp_path / "secret")
    with pytest.raises(ValueError, match="has no member 'b/one'"):
        unpack(tmp_path, tar({"b/one": special}))
    assert not written(tmp_path / "out")


def test_a_link_before_a_member_does_not_lead_it_away(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tarfile.TarInfo("b")
    link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "elsewhere")
    unpack(tmp_path, tar({"b": link, "b/one": BODY}))
    assert not list((tmp_path / "elsewhere").iterdir())


@settings(max_examples=150, deadline=None)
@given(
    packing=st.sampled_from([name for name in PACKINGS if name != "plain tar"]),
    cut=st.floats(0, 1, exclude_max=True),
    flipped=st.integers(0, 255),
)
def test_whatever_is_damaged_is_refused_or_harmless(tmp_path_factory, packing, cut, flipped):
    """One byte is another, or, where it is the same, all behind it is cut off."""
    body = PACKINGS[packing]({"b/one": BODY})
    at = int(cut * len(body))
    changed = body[:at] + bytes([flipped]) + body[at + 1 :] if body[at] != flipped else body[:at]
    tmp_path = tmp_path_factory.mktemp("damaged")
    told = ""
    try:
        unpack(tmp_path, changed)
    except ValueError as error:
        told = str(error)
    left = [path.read_bytes() for path in written(tmp_path / "out")]
    assert left == ([] if told else [BODY])
    assert not told or told.startswith(str(tmp_path / "archive"))
