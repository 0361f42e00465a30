"""`preset: auto`: full where the data are real, quick for a set whose data are stand-ins."""

import re
import shutil

from proofsheet.jobs.atomic_files import read_json

TRAINED = "results/csci5527_hw3/p1_optimizers/metrics.json"
WORDS = "results/cs7643_ps2/p1_collaborators/metrics.json"


def trainings(project, *config: str) -> int:
    said = project.succeed(TRAINED, "-n", "--workflow-profile", "none", "--config", *config)
    return int(re.search(r"csci5527_hw3_p1_optimizers_train +(\d+)", said)[1])


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
    said = project.succeed(WORDS, f"results/{quick}/metrics.json", *config)
    (line,) = re.findall(r"(?m)^proofsheet: quick run on stand-in data.*$", said)
    assert "cs7643_ps2" in line
    assert "set data.source to auto" in line

    project.succeed(WORDS, *config, "preset=full")
    record = project.folder / "results/.made/cs7643_ps2+p1_collaborators+checks.json.json"
    assert {entry[3] for entry in read_json(record).values()} == {"full"}

    # Snakemake knows of the change of the preset only from its own records.
    shutil.rmtree(project.folder / ".snakemake")
    told = f"results/{quick}/arrays.npz was made by a quick run, but this run is full"
    line = project.fail(told, f"{figures}/activation.svg", *config, "preset=full")
    assert "delete results/cs7643_ps2 and results/notebooks/cs7643_ps2" in line
