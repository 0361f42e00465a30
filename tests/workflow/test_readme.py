"""Every command that the README and the pages of docs/ show is typed, one after the other."""

import re
import shutil
import subprocess
import sys

import pytest

from workflow_project import ROOT, Project

PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")))
pytestmark = pytest.mark.slow

# What cannot be run to its end here, with the words that make it harmless and who does run it.
ONLY_PLANNED = {
    "workflow/profiles/slurm": "--dry-run",  # tests/slurm runs it on a cluster
    "--software-deployment-method conda": "--dry-run",
    "make benchmarks": "--dry-run",
    "make html": "--dry-run",  # test_html_edition.py makes the pages
}
# Of the tests a few, or none: this is one of them.
SOME_TESTS = {
    "make check": "tests/unit/jobs/test_atomic_files.py",
    "make test": "tests/unit/jobs/test_atomic_files.py",
    "make test-slurm": "--collect-only",
    "make test-faults": "--collect-only",
}
# The environment is there already, and .ci/run lints.
DONE = (".venv/.ready", ".venv/.quarto-tried", ".uv/bin/uv", "lint")


def commands() -> list[str]:
    """The lines of all `sh` blocks without their comments, then what stands between backquotes."""
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    blocks = [b for text in texts for b in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)]
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    lines += [
        found
        for text in texts
        for found in re.findall(r"`((?:make|snakemake|source) [^`<…]+)`", text)
        if found not in ("make problem", "make mirror DIR=folder")
    ]
    return list(dict.fromkeys(filter(None, lines)))


@pytest.fixture(scope="module")
def ready(finished, tmp_path_factory) -> Project:
    """A checkout whose configuration asks for the quick run, which has been made."""
    project = finished.copy(tmp_path_factory.mktemp("readme") / "checkout")
    config = project.folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    for old, new in (
        (r"^preset: auto$", "preset: quick"),
        (r"^device: auto$", "device: cpu"),
        (r"^  source: auto$", "  source: standin"),
    ):
        text, found = re.subn(old, new, text, flags=re.M)
        assert found == 1, old
    config.write_text(text, encoding="utf-8")
    (project.folder / ".venv").symlink_to(sys.prefix)
    return project


def test_there_are_commands_to_test():
    assert len(commands()) >= 15
    programs = {line.removeprefix("OMP_NUM_THREADS=1 ").split()[0] for line in commands()}
    assert programs <= {"make", "python", "snakemake", "source"}


@pytest.mark.parametrize("line", commands())
def test_the_command_does_what_is_said(ready, line):
    folder, words = ready.folder, line
    environment = ready.environment() | {"MAKEFLAGS": ""}
    if "conda" in line and not shutil.which("conda", path=environment["PATH"]):
        pytest.skip("no conda here; tests/unit/test_environments.py compares its environments")
    for part, option in ONLY_PLANNED.items():
        if part in line:
            words += f" {option}"
    if line in SOME_TESTS:
        environment["PYTEST_ADDOPTS"] = SOME_TESTS[line]
    if line.startswith("make"):
        words += "".join(f" --old-file={file}" for file in DONE)
    done = subprocess.run(
        ["bash", "-ec", words], cwd=folder, env=environment, text=True, check=False, timeout=900,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    for start, file in {
        "make report": "results/submission.pdf",
        "make problem": "report/my_course/_p1_title.qmd",
        "snakemake --cores 1 my_course": "results/submission/my_course/my_course.pdf",
        "snakemake --report": "results/report.zip",
    }.items():
        if line.startswith(start):
            assert (folder / file).is_file()
    if line == "make rulegraph":  # the README has the graph of the rules
        assert (folder / "README.md").read_text() == (ROOT / "README.md").read_text()
