"""`preset: auto`: full where the data are real, quick for a set whose data are stand-ins."""

import re
import shutil

from proofsheet.jobs.atomic_files import read_json

TRAINED = "results/csci5527_hw3/p1_optimizers/metrics.json"
WORDS = "results/cs7643_ps2/p1_collaborators/metrics.json"


def trainings(project, *config: str) -> int:
    run = project.snakemake(TRAINED, "-n", "--workflow-profile", "none", "--config", *config)
    assert run.returncode == 0, run.stdout[-3000:]
    found = re.search(r"csci5527_hw3_p1_optimizers_train +(\d+)", run.stdout)
    assert found, run.stdout[-3000:]
    return int(found[1])


def test_a_set_on_stand_ins_runs_small_and_one_on_real_data_in_full(project):
    mirror = project.folder / "mirror"
    mirror.mkdir()
    (mirror / "manifest.yaml").write_text("".join(
        f"{name}: {{official: true, licence: x, files: {{a.xlsx: {{sha256: {64 * '0'}}}}}}}\n"
        for name in ("mnist", "scipy", "chest_xray", "weights")
    ))  # fmt: skip
    (mirror / "a.xlsx").touch()
    small = trainings(project, "data={source: standin}")
    full = trainings(project, "data={source: mirror, mirror: mirror}")
    # In quick one job; in full four optimizers with three seeds.
    assert (small, full) == (1, 4 * 3)
    assert trainings(project, "data={source: standin}", "preset=full") == full


def test_a_small_run_says_so_and_its_results_do_not_pass_as_full(project):
    quick, figures = "cs7643_ps2/p2_activation", "results/cs7643_ps2/p2_activation/figures"
    config = ("--config", "data={source: standin}", "device=cpu")
    small = project.snakemake(WORDS, f"results/{quick}/metrics.json", *config)
    assert small.returncode == 0, small.stdout[-3000:]
    (line,) = re.findall(r"(?m)^proofsheet: quick run on stand-in data.*$", small.stdout)
    assert "cs7643_ps2" in line
    assert "set data.source to auto" in line

    full = project.snakemake(WORDS, *config, "preset=full")
    assert full.returncode == 0, full.stdout[-3000:]
    record = project.folder / "results/.made/cs7643_ps2+p1_collaborators+checks.json.json"
    assert {entry[3] for entry in read_json(record).values()} == {"full"}

    # Snakemake knows of the change of the preset only from its own records.
    shutil.rmtree(project.folder / ".snakemake")
    full = project.snakemake(f"{figures}/activation.svg", *config, "preset=full")
    assert full.returncode != 0
    assert (
        f"results/{quick}/arrays.npz was made by a quick run, but this run is full" in full.stdout
    )
    assert "delete results/cs7643_ps2 and results/notebooks/cs7643_ps2" in full.stdout
