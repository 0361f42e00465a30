"""A mirror's manifest and files: used when whole and listed, refused in one line otherwise."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofsheet.data.sources.mirror import Checksum, read_mirror
from proofsheet.jobs.errors import UserError
from unit.data.support import sha256, write_manifest
from user_errors import refused

BODY = b"sixteen features"
SHA256, MD5 = hashlib.sha256(BODY).hexdigest(), hashlib.md5(BODY).hexdigest()


@pytest.fixture
def root(tmp_path) -> Path:
    """A mirror whose dataset `dry_bean` has the file a.csv."""
    (tmp_path / "mirror" / "dry_bean").mkdir(parents=True)
    (tmp_path / "mirror" / "dry_bean" / "a.csv").write_bytes(BODY)
    return write_manifest(tmp_path / "mirror", {"a.csv": SHA256})


def test_a_file_of_the_manifest_is_used(root):
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


def test_md5_will_do_and_sha256_counts_first(root):
    text = (
        f"dry_bean:\n  official: true\n  licence: x\n  files:\n    a.csv: {{md5: {MD5.upper()}}}\n"
    )
    (root / "manifest.yaml").write_text(text)
    assert read_mirror(root)["dry_bean"].file("a.csv").read_bytes() == BODY
    (root / "manifest.yaml").write_text(text.replace("{md5", f"{{sha256: {'0' * 64}, md5"))
    refused("damaged", read_mirror(root)["dry_bean"].file, "a.csv")


def test_a_digest_of_digits_stays_a_text(root):
    """YAML reads 0123… as a number, and 12345678e9… as a larger one."""
    for digest in ("01234567" * 8, "1" * 62 + "e9"):
        text = f"d:\n  official: true\n  licence: x\n  files:\n    a: {{sha256: {digest}}}\n"
        (root / "manifest.yaml").write_text(text)
        assert read_mirror(root)["d"].files["a"].digest == digest


def replace_by_a_link(path: Path, elsewhere: Path) -> None:
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


# What is done to the mirror, the file that is asked for, and what is told.
UNUSABLE = {
    "damaged": (
        lambda root: (root / "dry_bean/a.csv").write_bytes(BODY[:-1]), "a.csv",
        rf"a\.csv.*expected sha256 {SHA256}, found {hashlib.sha256(BODY[:-1]).hexdigest()}.*again",
    ),
    "not listed": (
        lambda root: (root / "dry_bean/b.csv").write_bytes(BODY), "b.csv",
        r"b\.csv is not in.*a\.csv.*add it to the manifest",
    ),
    "missing": (
        lambda root: (root / "dry_bean/a.csv").unlink(), "a.csv", "is not there.*copy it",
    ),
    "a link out of it": (
        lambda root: replace_by_a_link(root / "dry_bean/a.csv", root.parent / "secret"), "a.csv",
        "leads out of the mirror.*secret",
    ),
    "a folder that leads out of it": (
        lambda root: replace_by_a_link(root / "dry_bean", root.parent / "elsewhere"), "a.csv",
        "leads out of the mirror",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_file_that_cannot_be_used_is_told_in_one_line(root, what):
    change, name, told = UNUSABLE[what]
    change(root)
    refused(told, lambda: read_mirror(root)["dry_bean"].file(name))


def test_links_inside_the_mirror_and_to_it_are_fine(root, tmp_path):
    (root / "store").mkdir()
    (root / "dry_bean" / "a.csv").rename(root / "store" / "a")
    (root / "dry_bean" / "a.csv").symlink_to("../store/a")
    (tmp_path / "link").symlink_to(root)
    assert read_mirror(tmp_path / "link")["dry_bean"].file("a.csv").read_bytes() == BODY


def test_the_folder_may_have_another_name(root):
    (root / "dry_bean").rename(root / "beans")
    write_manifest(root, {"a.csv": SHA256}, folder="beans")
    assert read_mirror(root)["dry_bean"].file("a.csv").read_bytes() == BODY


BAD = ["../a.csv", "/etc/passwd", "x/../../a.csv", "..", ".", "", "a\\..\\b", "a\x00b", "a\nb"]


@pytest.mark.parametrize("name", BAD)
def test_names_that_lead_elsewhere_are_refused(root, name):
    write_manifest(root, {name: SHA256})
    refused(r"dry_bean\.files.*is not a path inside the mirror", read_mirror, root)
    write_manifest(root, {"a.csv": SHA256}, folder="../other")
    refused(r"dry_bean\.folder.*not a path inside", read_mirror, root)


RIGHT = f"d:\n  official: true\n  licence: x\n  files:\n    a: {{sha256: {SHA256}}}\n"
WRONG = {
    "": "datasets by name",
    "just words": "datasets by name",
    "d: [1, 2]": "manifest.yaml.d: ['1', '2']",
    "d:\n  official: true\n": "'licence' is a required property",
    RIGHT.replace("true", "perhaps"): "d.official: 'perhaps': allowed: true or false",
    RIGHT.replace("true", "false"): "'note' is a required property",
    RIGHT.replace("licence: x", "licence: x\n  url: http"): "'url' was unexpected",
    RIGHT.replace(SHA256, "abc"): "d.files.a.sha256: 'abc': allowed: 64 hexadecimal digits",
    RIGHT.replace("sha256", "sha1"): "allowed: {sha256: …} or {md5: …}",
    RIGHT.replace(f"    a: {{sha256: {SHA256}}}\n", "    - a\n"): "checksums by file name",
    RIGHT + "  members: [a]\n": "checksums by file name",
    RIGHT + "  ? [a, b]\n  : c\n": "is not YAML",
    "d: *nowhere": "uses references",
    "a: &a [x]\nb: [*a, *a]\n": "allowed: plain values",
    "[" * 600: "is not YAML (unreadable)",
    RIGHT.replace("d:", "../d:", 1): "not a path inside",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:60])
def test_a_manifest_of_another_shape_is_one_clear_line(root, text):
    (root / "manifest.yaml").write_text(text)
    assert WRONG[text] in refused(r"manifest\.yaml", read_mirror, root)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_whatever_is_in_a_manifest_there_is_no_traceback(tmp_path_factory, data):
    root = tmp_path_factory.mktemp("mirror")
    (root / "manifest.yaml").write_bytes(data)
    told = ""
    try:
        read_mirror(root)
    except UserError as error:
        told = str(error)
    assert "\n" not in told


def test_a_manifest_that_is_not_utf8_is_told(root):
    (root / "manifest.yaml").write_bytes("d: é".encode("latin-1"))
    refused("byte 3 is not UTF-8.*save it as UTF-8", read_mirror, root)


def test_a_mirror_that_is_none(tmp_path):
    refused(r"has no manifest\.yaml", read_mirror, tmp_path)
    refused("does not exist", read_mirror, tmp_path / "nowhere")


def test_a_listing_gives_the_checksums_of_many_files(root):
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
    refused("damaged", entry.listed, "train/one image.jpeg", found["train/one image.jpeg"])


@pytest.mark.parametrize("name", [".DS_Store", "train/._x.jpeg", "__MACOSX/train/x.jpeg"])
def test_a_listing_may_name_files_that_an_operating_system_left(root, name):
    listing = root / "dry_bean" / "MD5SUMS"
    listing.write_text(f"{MD5}  ./a.csv\n{MD5}  ./{name}\n")
    write_manifest(root, {"MD5SUMS": sha256(listing)})
    assert list(read_mirror(root)["dry_bean"].listing("MD5SUMS")) == ["a.csv"]


@pytest.mark.parametrize("line", [f"{MD5}  ../a", f"{MD5} a", "words", f"{MD5[:-1]}  a", f"{MD5}"])
def test_a_listing_of_another_shape_is_one_clear_line(root, line):
    listing = root / "dry_bean" / "MD5SUMS"
    listing.write_text(f"{MD5}  a.csv\n{line}\n")
    write_manifest(root, {"MD5SUMS": sha256(listing)})
    refused("MD5SUMS:2", lambda: read_mirror(root)["dry_bean"].listing("MD5SUMS"))


@pytest.mark.mirror
def test_the_manifest_at_hand_is_read_with_its_folders_listings_and_links(mirror):
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
