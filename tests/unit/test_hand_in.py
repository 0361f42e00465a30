"""What is handed in: the files of a bundle, the archive, and nothing else."""

from __future__ import annotations

import zipfile

from proofsheet.hand_in import files, fill, notebooks, pack, summary

PLAIN = {
    "short": "S 1 HW 2",
    "hand_in": "One PDF,\n  and notebooks.",
    "problems": {"p1_a": {"notebook": "problem_1.ipynb"}, "p2_b": {}},
}
APART = PLAIN | {
    "documents": {"theory": {"problems": ["p2_b"]}, "code": {"problems": ["p1_a"]}},
    "archive": "code.zip",
}


def test_one_pdf_and_the_notebooks():
    assert files("s_hw", PLAIN) == {
        "s_hw.pdf": "results/s_hw.pdf",
        "problem_1.ipynb": "results/notebooks/s_hw/problem_1.ipynb",
    }


def test_documents_apart_and_the_code_zipped():
    assert files("s_hw", APART) == {
        "s_hw_theory.pdf": "results/s_hw_theory.pdf",
        "s_hw_code.pdf": "results/s_hw_code.pdf",
        "code.zip": "results/notebooks/s_hw/code.zip",
    }
    assert list(notebooks("s_hw", APART)) == ["problem_1.ipynb"]


def test_the_same_files_pack_to_the_same_bytes(tmp_path):
    for name in ("x.txt", "y.txt"):
        (tmp_path / name).write_text(name)
    members = [("code/y.txt", tmp_path / "y.txt"), ("x.txt", tmp_path / "x.txt")]
    pack(tmp_path / "a.zip", members)
    (tmp_path / "x.txt").touch()
    pack(tmp_path / "b.zip", members[::-1])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            "code/y.txt": "y.txt",
            "x.txt": "x.txt",
        }


def test_nothing_else_stays_in_the_bundle(tmp_path):
    made = tmp_path / "made.pdf"
    made.write_bytes(b"new")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "s_hw.pdf").write_bytes(b"old")
    (bundle / "problem_9.ipynb").write_text("of an earlier version")
    fill(bundle, {"s_hw.pdf": made})
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == {"s_hw.pdf": b"new"}


def test_the_summary_says_what_is_there_and_what_to_do_with_it(tmp_path):
    bundle = tmp_path / "results/submission/s_hw"
    bundle.mkdir(parents=True)
    for name in files("s_hw", PLAIN):
        (bundle / name).write_bytes(b"x" * 2_000_000)
    assert summary("s_hw", PLAIN, tmp_path) == [
        "S 1 HW 2: results/submission/s_hw/",
        "  s_hw.pdf                       2.00 MB",
        "  problem_1.ipynb                2.00 MB",
        "  to hand in: One PDF, and notebooks.",
    ]
