"""Provenance and acknowledgements: what the last pages say."""

import subprocess

import pytest
from PIL import Image

from proofsheet.jobs.atomic_files import write_text
from proofsheet.report import acknowledgements, provenance, results
from proofsheet.report.sets import load

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmean_load\tcpu_time\n"


def test_one_row_per_benchmark_and_one_for_the_jobs_of_a_rule(tmp_path):
    write_text(tmp_path / "hw" / "p1.tsv", HEADER + "12.5\t0:00:12\t210.5\t500\t90.0\t11.2\n")
    write_text(tmp_path / "hw" / "runs" / "a.tsv", HEADER + "200\t0:03:20\t100\t1\t90\t150\n")
    write_text(tmp_path / "hw" / "runs" / "b.tsv", HEADER + "4000\t1:06:40\t300\t1\t90\t7000\n")
    write_text(tmp_path / "data" / "toy.tsv", HEADER + "0.1\t0:00:00\tNA\tNA\tNA\tNA\n")
    write_text(tmp_path / "data" / "other.tsv", HEADER + "1\t0:00:01\t1\t1\t1\t1\n")
    write_text(tmp_path / "hw9" / "p1.tsv", HEADER + "1\t0:00:01\t1\t1\t1\t1\n")
    assert provenance.cost(tmp_path, {"hw", "toy"}) == [
        ("data/toy", "1", "0.1 s", "–", "–"),
        ("hw/p1", "1", "12.5 s", "11.2 s", "210 MB"),
        ("hw/runs", "2", "1 h 10 min", "1 h 59 min", "300 MB"),
    ]


def test_without_benchmarks_there_is_no_table(tmp_path):
    assert provenance.cost(tmp_path / "nowhere", {"hw"}) == []


@pytest.mark.parametrize(
    ("seconds", "text"), [("119.94", "119.9 s"), ("125", "2 min 5 s"), ("-", "–"), ("", "–")]
)
def test_times_read_well(tmp_path, seconds, text):
    write_text(tmp_path / "hw" / "p1.tsv", f"s\tmax_rss\tcpu_time\n{seconds}\t1\t1\n")
    assert provenance.cost(tmp_path, {"hw"})[0][2] == text


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", *identity, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_is_named_with_its_changes(tmp_path):
    assert provenance.commit(tmp_path) == "not under git"
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("a")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-qm", "a")
    name = git(tmp_path, "rev-parse", "--short=10", "HEAD")
    assert provenance.commit(tmp_path) == name
    (tmp_path / "a").write_text("b")
    assert provenance.commit(tmp_path) == f"{name}, with local changes"


def outcomes(sample):
    return results.read(sample.results, [load(sample.report, "sample_hw")])


def section(sample):
    settings = {"preset": "full", "seeds": [0, 1, 2]}
    return provenance.section(outcomes(sample), settings=settings, root=sample.folder)


def record(sample):
    return provenance.record(outcomes(sample), benchmarks=sample.results / "benchmarks")


def test_the_section_has_data_versions_machine_and_cost(sample):
    text = section(sample)
    for part in ("stand-in", "CC BY 4.0", "numpy ", "Python 3", "processor", "seeds 0, 1, 2"):
        assert part in text
    assert "SHA256" not in text
    kept = record(sample)
    for part in ("stand-in", "CC BY 4.0", "SHA256 0123456789abcdef", "| all | 1,200 | 400 |"):
        assert part in kept
    assert "12.5 s" in kept


def test_the_section_has_the_note_and_the_split(sample):
    counts = {"train": {"total": 1200}, "test": {"total": 400}}
    sample.update(
        "data/toy/source.json", note="saved again", split="by rows", images_on_two_sides=4,
        counts=counts,
    )  # fmt: skip
    told = "saved again; license CC BY 4.0; prepared as 1,200 train, 400 test; by rows; images on"
    assert f"{told} two sides of the split: 4." in section(sample)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"standin": False, "official": True, "source": "official"}, "official (official files)"),
        ({"standin": False, "official": False, "source": "mirror"}, "mirror (not the official f"),
        ({"standin": True, "source": "standin"}, "stand-in"),
    ],
)
def test_data_are_called_what_they_are(sample, flags, words):
    sample.update("data/toy/source.json", **flags)
    assert f"; {words}" in section(sample)
    assert f"| Source | {words}" in record(sample)


def test_an_md5_is_shown_where_there_is_no_sha256(sample):
    sample.update("data/toy/source.json", files=[{"name": "b.csv", "md5": "0a" * 16}])
    assert "| b.csv | MD5 0a0a0a0a0a0a0a0a" in record(sample)


def acknowledged(sample, **entry):
    given = {"sample_hw": {"p1_lines": entry}}
    sets = [load(sample.report, "sample_hw")]
    return acknowledgements.page(sets, given), acknowledgements.images(sets, given)


def test_who_helped_is_listed_and_what_is_not_said_is_not_none(sample):
    text, _ = acknowledged(sample, collaborators=["C. Babbage", "M. S|m_ith"], ai_tools=["Claude"])
    name = "SAMPLE 101 HW 0"
    assert f"| {name} | Problem 1: Lines through points | C. Babbage, M. S\\|m\\_ith |" in text
    assert f"| {name} | Problem 2: Beans | Not stated | Not stated |" in text
    text, _ = acknowledged(sample, collaborators=[], ai_tools=None)
    assert "| Problem 1: Lines through points | None | Not stated |" in text


def test_a_set_with_one_answer_has_one_row(sample):
    sets = [load(sample.report, "sample_hw")]
    assert "| SAMPLE 101 HW 0 | all | Not stated | Not stated |" in acknowledgements.page(sets, {})


def test_pictures_are_staged_and_shown(sample):
    picture = sample.folder / "Prompt One.PNG"
    Image.new("RGB", (4, 3)).save(picture)
    text, images = acknowledged(sample, images=[str(picture)])
    assert images == {"acknowledgements/sample_hw/p1_lines/1.png": picture}
    assert "![](acknowledgements/sample_hw/p1_lines/1.png){width=" in text
    assert "picture 1 of 1" in text


def test_a_picture_is_staged_as_what_it_is(sample):
    picture = sample.folder / "really_a_jpeg.png"
    Image.new("RGB", (4, 3)).save(picture, format="JPEG")
    _, images = acknowledged(sample, images=[str(picture)])
    assert images == {"acknowledgements/sample_hw/p1_lines/1.jpg": picture}
