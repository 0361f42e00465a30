"""A mirror's manifest and files: used when whole and listed, refused in one line otherwise."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofsheet.data.sources.mirror import Checksum, read_mirror
from proofsheet.jobs.errors import UserError
from unit.data.support import sha256, write_manifest

BODY = b"sixteen features"
SHA256, MD5 = hashlib.sha256(BODY).hexdigest(), hashlib.md5(BODY).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A mirror whose dataset `dry_bean` has the file a.csv."""
    (tmp_path / "mirror" / "dry_bean").mkdir(parents=True)
    (tmp_path / "mirror" / "dry_bean" / "a.csv").write_bytes(BODY)
    return write_manifest(tmp_path / "mirror", {"a.csv": SHA256})


def one_line(caught: pytest.ExceptionInfo[UserError], *parts: str) -> None:
    text = str(caught.value)
    assert "\n" not in text
    for part in parts:
        assert part in text


def test_a_file_of_the_manifest_is_used(root: Path) -> None:
    entry = read_mirror(root)["dry_bean"]
    assert entry.file("a.csv").read_bytes() == BODY
    assert (entry.official, entry.note, entry.licence) == (False, "made by a test", "CC BY 4.0")
    record = entry.record("a.csv")
    assert record == {
        "name": "a.csv",
        "bytes": len(BODY),
        "sha256": SHA256,
        "verified": "sha256 of manifest.yaml",
    }


def test_md5_will_do_and_sha256_counts_first(root: Path) -> None:
    text = (
        f"dry_bean:\n  official: true\n  licence: x\n  files:\n    a.csv: {{md5: {MD5.upper()}}}\n"
    )
    (root / "manifest.yaml").write_text(text)
    assert read_mirror(root)["dry_bean"].file("a.csv").read_bytes() == BODY
    (root / "manifest.yaml").write_text(text.replace("{md5", f"{{sha256: {'0' * 64}, md5"))
    with pytest.raises(UserError, match="damaged"):
        read_mirror(root)["dry_bean"].file("a.csv")


def test_a_digest_of_digits_stays_a_text(root: Path) -> None:
    """YAML reads 0123… as a number, and 12345678e9… as a larger one."""
    for digest in ("01234567" * 8, "1" * 62 + "e9"):
        text = f"d:\n  official: true\n  licence: x\n  files:\n    a: {{sha256: {digest}}}\n"
        (root / "manifest.yaml").write_text(text)
        assert read_mirror(root)["d"].files["a"].digest == digest


def test_a_damaged_file_is_told_with_what_was_expected_and_found(root: Path) -> None:
    path = root / "dry_bean" / "a.csv"
    path.write_bytes(BODY[:-1])
    found = sha256(path)
    with pytest.raises(UserError) as caught:
        read_mirror(root)["dry_bean"].file("a.csv")
    one_line(caught, str(path), f"expected sha256 {SHA256}", f"found {found}", "again")


def test_a_file_that_is_not_listed_is_refused(root: Path) -> None:
    (root / "dry_bean" / "b.csv").write_bytes(BODY)
    with pytest.raises(UserError) as caught:
        read_mirror(root)["dry_bean"].file("b.csv")
    one_line(caught, "b.csv is not in", "a.csv", "add it to the manifest")


def test_a_file_that_is_missing_is_told(root: Path) -> None:
    (root / "dry_bean" / "a.csv").unlink()
    with pytest.raises(UserError) as caught:
        read_mirror(root)["dry_bean"].file("a.csv")
    one_line(caught, "is not there", "copy it")


def test_a_link_out_of_the_mirror_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(BODY)
    (root / "dry_bean" / "a.csv").unlink()
    (root / "dry_bean" / "a.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(UserError) as caught:
        read_mirror(root)["dry_bean"].file("a.csv")
    one_line(caught, "leads out of the mirror", str(tmp_path / "secret"))


def test_a_folder_that_leads_out_of_the_mirror_is_refused(root: Path, tmp_path: Path) -> None:
    (root / "dry_bean").rename(tmp_path / "elsewhere")
    (root / "dry_bean").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="leads out of the mirror"):
        read_mirror(root)["dry_bean"].file("a.csv")


def test_links_inside_the_mirror_and_to_it_are_fine(root: Path, tmp_path: Path) -> None:
    (root / "store").mkdir()
    (root / "dry_bean" / "a.csv").rename(root / "store" / "a")
    (root / "dry_bean" / "a.csv").symlink_to("../store/a")
    (tmp_path / "link").symlink_to(root)
    assert read_mirror(tmp_path / "link")["dry_bean"].file("a.csv").read_bytes() == BODY


def test_the_folder_may_have_another_name(root: Path) -> None:
    (root / "dry_bean").rename(root / "beans")
    write_manifest(root, {"a.csv": SHA256}, folder="beans")
    assert read_mirror(root)["dry_bean"].file("a.csv").read_bytes() == BODY


BAD = ["../a.csv", "/etc/passwd", "x/../../a.csv", "..", ".", "", "a\\..\\b", "a\x00b", "a\nb"]


@pytest.mark.parametrize("name", BAD)
def test_names_that_lead_elsewhere_are_refused(root: Path, name: str) -> None:
    write_manifest(root, {name: SHA256})
    with pytest.raises(UserError) as caught:
        read_mirror(root)
    one_line(caught, "is not a path inside the mirror", "dry_bean.files")


def test_a_folder_that_leads_elsewhere_is_refused(root: Path) -> None:
    write_manifest(root, {"a.csv": SHA256}, folder="../other")
    with pytest.raises(UserError, match=r"dry_bean\.folder.*not a path inside"):
        read_mirror(root)


RIGHT = f"d:\n  official: true\n  licence: x\n  files:\n    a: {{sha256: {SHA256}}}\n"
WRONG = {
    "": "datasets by name",
    "- a\n- b\n": "datasets by name",
    "just words": "datasets by name",
    "d: [1, 2]": "manifest.yaml.d: ['1', '2']",
    "d:\n  official: true\n": "'licence' is a required property",
    "d: {official: true, licence: x}": "'files' is a required property",
    "d: {licence: x, files: {}}": "'official' is a required property",
    RIGHT.replace("true", "perhaps"): "d.official: 'perhaps': allowed: true or false",
    RIGHT.replace("true", "false"): "'note' is a required property",
    RIGHT.replace("true", "[true]"): "true or false",
    RIGHT.replace("licence: x", "licence: [x]"): "allowed: a text",
    RIGHT.replace("licence: x", "licence: x\n  url: http"): "'url' was unexpected",
    RIGHT.replace(SHA256, "abc"): "d.files.a.sha256: 'abc': allowed: 64 hexadecimal digits",
    RIGHT.replace(SHA256, "g" * 64): "64 hexadecimal digits",
    RIGHT.replace(SHA256, "[1]"): "64 hexadecimal digits",
    RIGHT.replace("sha256", "sha1"): "allowed: {sha256: …} or {md5: …}",
    RIGHT.replace(f"{{sha256: {SHA256}}}", SHA256): "{sha256: …} or {md5: …}",
    RIGHT.replace(f"    a: {{sha256: {SHA256}}}\n", "    - a\n"): "checksums by file name",
    RIGHT + "  members: [a]\n": "checksums by file name",
    RIGHT + "  ? [a, b]\n  : c\n": "is not YAML",
    "d: {official: true": "is not YAML",
    "d: *nowhere": "uses references",
    "d: \x00": "is not YAML",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_manifest_of_another_shape_is_one_clear_line(root: Path, text: str) -> None:
    (root / "manifest.yaml").write_text(text)
    with pytest.raises(UserError) as caught:
        read_mirror(root)
    one_line(caught, "manifest.yaml", WRONG[text])


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_whatever_is_in_a_manifest_there_is_no_traceback(tmp_path_factory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("mirror")
    (root / "manifest.yaml").write_bytes(data)
    told = ""
    try:
        read_mirror(root)
    except UserError as error:
        told = str(error)
    assert "\n" not in told


def test_a_manifest_that_is_not_utf8_is_told(root: Path) -> None:
    (root / "manifest.yaml").write_bytes("d: é".encode("latin-1"))
    with pytest.raises(UserError) as caught:
        read_mirror(root)
    one_line(caught, "byte 3 is not UTF-8", "save it as UTF-8")


def test_a_mirror_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no manifest\.yaml"):
        read_mirror(tmp_path)
    with pytest.raises(UserError, match="does not exist"):
        read_mirror(tmp_path / "nowhere")


def test_a_listing_gives_the_checksums_of_many_files(root: Path) -> None:
    (root / "dry_bean" / "train").mkdir()
    (root / "dry_bean" / "train" / "one image.jpeg").write_bytes(BODY)
    listing = root / "dry_bean" / "MD5SUMS"
    listing.write_text(f"{MD5}  train/one image.jpeg\n{SHA256} *a.csv\n")
    write_manifest(root, {"MD5SUMS": sha256(listing)})
    entry = read_mirror(root)["dry_bean"]
    found = entry.listing("MD5SUMS")
    assert found["train/one image.jpeg"] == Checksum("md5", MD5)
    assert list(found) == ["train/one image.jpeg", "a.csv"]
    for name, expected in found.items():
        assert entry.listed(name, expected).read_bytes() == BODY
    (root / "dry_bean" / "train" / "one image.jpeg").write_bytes(b"")
    with pytest.raises(UserError, match="damaged"):
        entry.listed("train/one image.jpeg", found["train/one image.jpeg"])


@pytest.mark.parametrize("name", [".DS_Store", "train/._x.jpeg", "__MACOSX/train/x.jpeg"])
def test_a_listing_may_name_files_that_an_operating_system_left(root: Path, name: str) -> None:
    listing = root / "dry_bean" / "MD5SUMS"
    listing.write_text(f"{MD5}  ./a.csv\n{MD5}  ./{name}\n")
    write_manifest(root, {"MD5SUMS": sha256(listing)})
    assert list(read_mirror(root)["dry_bean"].listing("MD5SUMS")) == ["a.csv"]


@pytest.mark.parametrize("line", [f"{MD5}  ../a", f"{MD5} a", "words", f"{MD5[:-1]}  a", f"{MD5}"])
def test_a_listing_of_another_shape_is_one_clear_line(root: Path, line: str) -> None:
    listing = root / "dry_bean" / "MD5SUMS"
    listing.write_text(f"{MD5}  a.csv\n{line}\n")
    write_manifest(root, {"MD5SUMS": sha256(listing)})
    with pytest.raises(UserError) as caught:
        read_mirror(root)["dry_bean"].listing("MD5SUMS")
    one_line(caught, "MD5SUMS:2")


def packed(root: Path, kind: str, members: dict[str, bytes]) -> Path:
    """An archive in the mirror, among whose members is a link."""
    path = root / "dry_bean" / f"archive.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, body in members.items():
                archive.writestr(name, body)
        return path
    with tarfile.open(path, f"w:{kind.rpartition('.')[2]}") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name, body in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(body)
            archive.addfile(header, io.BytesIO(body))
    return path


@pytest.mark.parametrize("kind", ["tar.xz", "tar.gz", "zip"])
def test_only_listed_members_leave_an_archive(root: Path, tmp_path: Path, kind: str) -> None:
    path = packed(root, kind, {"b/one": BODY, "readme": b"-", "../out": BODY})
    members = {"b/one": {"md5": MD5}}
    write_manifest(root, {path.name: sha256(path)}, members=members)
    written = read_mirror(root)["dry_bean"].unpack(path.name, tmp_path / "work")
    assert {name: file.read_bytes() for name, file in written.items()} == {"b/one": BODY}
    files = [file for file in (tmp_path / "work").rglob("*") if file.is_file()]
    assert files == [tmp_path / "work" / "b" / "one"]
    assert not (tmp_path / "out").exists()


def test_damaged_missing_and_linked_members_are_refused(root: Path, tmp_path: Path) -> None:
    path = packed(root, "tar.gz", {"b/one": BODY[:-1]})
    cases = {"b/one": "damaged: expected md5", "b/two": "no member 'b/two'", "link": "no member"}
    for name, told in cases.items():
        write_manifest(root, {path.name: sha256(path)}, members={name: {"md5": MD5}})
        with pytest.raises(UserError, match=told):
            read_mirror(root)["dry_bean"].unpack(path.name, tmp_path / "work")
    assert not [file for file in (tmp_path / "work").rglob("*") if file.is_file()]


@pytest.mark.parametrize("kind", ["tar.xz", "tar.gz", "zip"])
def test_a_truncated_archive_is_told(root: Path, tmp_path: Path, kind: str) -> None:
    path = packed(root, kind, {"b/one": bytes(100_000)})
    path.write_bytes(path.read_bytes()[:-60])
    write_manifest(root, {path.name: sha256(path)}, members={"b/one": {"md5": MD5}})
    with pytest.raises(UserError, match=r"cannot be unpacked|damaged"):
        read_mirror(root)["dry_bean"].unpack(path.name, tmp_path / "work")


@pytest.mark.mirror
def test_the_manifest_at_hand_is_read_with_its_folders_listings_and_links(mirror: Path) -> None:
    entries = read_mirror(mirror)
    assert entries["mnist"].official
    assert not entries["dry_bean"].official
    assert entries["scipy"].file("ascent.dat").stat().st_size == 262_307
    assert entries["cifar10"].members["cifar-10-batches-py/test_batch"].algorithm == "md5"
    assert entries["weights"].file("squeezenet1_1_features_imagenet.pth").is_file()
    listing = entries["chest_xray"].listing("MD5SUMS")
    assert len(listing) == 5856
    name = "test/NORMAL/IM-0001-0001.jpeg"
    assert entries["chest_xray"].listed(name, listing[name]).is_file()
