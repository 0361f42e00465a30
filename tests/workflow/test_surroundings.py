"""What a user's machine brings along: odd folders, settings of other programs, another folder."""

import os
import subprocess
import sys

import pytest

from workflow_project import ROOT, Project, copy_of_checkout

WORDS = "results/cs7643_ps2/p1_collaborators/metrics.json"
QUICK = ("--config", "preset=quick", "data={source: standin}", "device=cpu")


def test_a_folder_with_a_space_and_quotes(tmp_path):
    """The environment, too, lies in it."""
    project = copy_of_checkout(tmp_path / "a b'c\"d")
    (project.folder / ".venv").symlink_to(sys.prefix)
    run = subprocess.run(
        [".venv/bin/python", "-m", "snakemake", "--cores", "1", WORDS, *QUICK], cwd=project.folder,
        env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert (project.folder / WORDS).is_file()


@pytest.mark.parametrize("name", ["a:b", "a{b}"])
def test_a_folder_that_cannot_work_is_refused_in_one_line(tmp_path, name):
    line = copy_of_checkout(tmp_path / name).fail("^proofsheet:", WORDS, *QUICK)
    assert f"{tmp_path / name} has a {name[1]!r} in its name" in line


def make(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words], cwd=project.folder, capture_output=True, text=True, check=False
    )


def test_make_refuses_a_folder_with_a_colon_before_it_installs_anything(tmp_path):
    project = copy_of_checkout(tmp_path / "a:b")
    run = make(project, "report")
    assert run.returncode != 0
    assert "a:b has a colon in its name" in run.stderr
    assert not (project.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("error: No interpreter found for Python >=3.11, <3.14 in search path", True),
        ("error: failed to write to file `.venv/CACHEDIR.TAG`: No space left on device", False),
    ],
)
def test_make_tells_what_uv_says_and_which_python_it_takes(tmp_path, said, hint):
    project = copy_of_checkout(tmp_path / "a")
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 2\n")
    uv.chmod(0o755)
    run = make(project, "report", f"UV={uv}")
    assert run.returncode != 0
    assert said in run.stderr
    needs = "proofsheet: needs Python 3.11, 3.12 or 3.13 and can"
    assert (needs in run.stderr) == hint


def test_started_from_another_folder_or_used_as_a_module_of_another_workflow(tmp_path):
    (tmp_path / "Snakefile").write_text(
        f'module proofsheet:\n    snakefile: "{ROOT}/Snakefile"\n\nuse rule * from proofsheet\n'
    )
    told = f"^proofsheet: the workflow runs in its own folder, {ROOT}, not in"
    for words in (["--snakefile", f"{ROOT}/Snakefile"], []):
        Project(tmp_path).fail(told, "--dry-run", *words)


def test_settings_of_other_pythons_do_not_reach_the_jobs(project, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "cycler.py").write_text("raise ImportError('of another project')\n")
    (other / "matplotlibrc").write_text("text.usetex: True\nfigure.facecolor: red\n")
    environment = project.environment() | {
        "PYTHONPATH": os.fspath(other), "PYTHONOPTIMIZE": "2", "MPLCONFIGDIR": os.fspath(other),
        "MATPLOTLIBRC": os.fspath(other),
    }  # fmt: skip
    monkeypatch.setattr(project, "environment", lambda: environment)
    figure = "results/cs7643_ps2/p2_activation/figures/activation.svg"
    # In a quick run the figures of a set are one job, which would train for the others.
    project.succeed(figure, "--config", "preset=full", *QUICK[2:])
    assert "#ff0000" not in (project.folder / figure).read_text()


@pytest.mark.parametrize("moved", [False, True])
def test_make_sees_that_the_folder_of_its_environment_was_moved(tmp_path, moved):
    project = copy_of_checkout(tmp_path / "before")
    stamp = project.folder / ".venv/.ready"
    stamp.parent.mkdir()
    stamp.write_text(f"{project.folder}\n")
    if moved:
        project = Project(project.folder.rename(tmp_path / "after"))
    run = make(project, "--dry-run", ".venv/.ready")
    assert run.returncode == 0, run.stderr
    assert ("setting up .venv" in run.stdout) == moved
