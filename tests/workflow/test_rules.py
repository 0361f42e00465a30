"""What every rule declares, and what none may: read from the text of the rules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from proofsheet.modules import imported_modules
from workflow_project import ROOT

HEAD = re.compile(r"(?m)^ *rule (\w+|\{?\w*\}?):$|^ *rule:$")
# A cluster's words belong into the profile; `tasks` would also make the submission of a GPU fail.
CLUSTER_WORDS = re.compile(
    r"\b(tasks|tasks_per_gpu|nodes|constraint|clusters|qos|gres|gpus?_model|mpi|slurm_\w+"
    r"|partition|account)\b *="
)
# Whatever asks a network imports one of these.
ASKS_A_NETWORK = {
    "src/proofsheet/data/sources/choose.py",
    "src/proofsheet/data/prepare.py",
    "src/proofsheet/pretrained.py",
}


def rules_of(path: Path) -> list[tuple[str, str]]:
    """Name and body of each rule of a file; a rule in a loop may have no name."""
    text = path.read_text()
    heads = list(HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        (
            head[1] or f"{path.name}:{text[: head.start()].count(chr(10)) + 1}",
            text[head.end() : end],
        )
        for head, end in zip(heads, ends, strict=False)
    ]


RULES = {
    name: body
    for path in sorted(ROOT.glob("workflow/rules/*.smk"))
    for name, body in rules_of(path)
}
WITH_A_SCRIPT = {name: body for name, body in RULES.items() if "script:" in body}


def script_of(body: str) -> str:
    return re.search(r'script:\s+f?"\.\./(scripts/[^"]+)"', body)[1]


def test_the_rules_are_found():
    assert len(RULES) > 80
    assert len(WITH_A_SCRIPT) > 75


@pytest.mark.parametrize("name", RULES)
def test_no_rule_speaks_of_a_cluster(name):
    assert not CLUSTER_WORDS.findall(RULES[name])


def test_the_words_of_a_cluster_are_recognized():
    for line in ("tasks=4,", "slurm_partition='x',", "constraint = 'a100'", "nodes=2"):
        assert CLUSTER_WORDS.search(f"resources:\n    {line}")
    assert not CLUSTER_WORDS.search("multitasks=1, subtasks = 3")


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_every_rule_that_computes_declares_what_it_needs(name):
    body = WITH_A_SCRIPT[name]
    for word in ("log:", "benchmark:", "threads:", "mem_mb=growing(", "runtime="):
        assert word in body, word


def asking(script: str) -> set[str]:
    """Those modules of a script that ask a network."""
    modules = imported_modules(ROOT / "workflow" / script, ROOT / "src")
    return ASKS_A_NETWORK & {str(Path(path).relative_to(ROOT)) for path in modules}


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_compute_nodes_need_no_network(name):
    """Data and weights are fetched by local rules; no script of the others can ask for them."""
    body = WITH_A_SCRIPT[name]
    script = script_of(body)
    if "localrule: True" not in body:
        assert not script.startswith("scripts/data/")
        assert not asking(script)


def test_what_asks_a_network_is_recognized():
    assert asking("scripts/data/weights.py")
    assert asking("scripts/data/prepare.py")
    assert all((ROOT / path).is_file() for path in ASKS_A_NETWORK)


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_what_uses_a_device_declares_the_gpu(name):
    body = WITH_A_SCRIPT[name]
    assert ('device=config["device"]' in body) == ("gpu=GPUS_PER_TRAINING" in body)


def test_only_local_rules_are_tried_again_by_themselves():
    """`retries:` is for downloads; how often a job of the cluster is tried is the profile's."""
    assert {name for name, body in RULES.items() if "retries:" in body} == {
        name for name, body in WITH_A_SCRIPT.items() if script_of(body).startswith("scripts/data/")
    }


def test_the_profile_for_slurm_is_the_only_place_to_edit():
    profile = yaml.safe_load((ROOT / "workflow/profiles/slurm/config.yaml").read_text())
    assert profile["executor"] == "slurm"
    assert profile["slurm-keep-successful-logs"] is True
    assert profile["slurm-init-seconds-before-status-checks"] <= 10
    assert "partition" not in (ROOT / "workflow/profiles/default/config.yaml").read_text()


LOCAL_RULES = """
import sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

with SnakemakeApi(OutputSettings()) as api:
    data = {"source": sys.argv[1], "mirror": sys.argv[2]}
    workflow = api.workflow(
        resource_settings=ResourceSettings(cores=1),
        config_settings=ConfigSettings(config={"data": data}),
        snakefile=Path("Snakefile"),
    )
    print("local:", *sorted(workflow._workflow._localrules))
"""


ALL = "bloodmnist cifar10 dry_bean mnist scipy weights"


@pytest.mark.parametrize(
    ("source", "mirrored", "here"),
    [("auto", "", True), ("official", "", True), ("auto", ALL, False), ("mirror", ALL, False),
     ("auto", "dry_bean", True), ("mirror", "dry_bean", False), ("standin", "", False)],
)  # fmt: skip
def test_notebooks_run_where_they_can_fetch_their_data(project, tmp_path, source, mirrored, here):
    """They stand alone: what no mirror has they ask of the datasets' own clients."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/manifest.yaml").write_text("".join(
        f"{name}: {{official: true, licence: x, files: {{a.xlsx: {{sha256: {64 * '0'}}}}}}}\n"
        for name in mirrored.split()
    ))  # fmt: skip
    mirror = str(tmp_path / "mirror") if mirrored else ""
    done = subprocess.run(
        [sys.executable, "-c", LOCAL_RULES, source, mirror], cwd=project.folder,
        env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("local: ")]
    assert ("notebook" in line.split()) == here
    assert {"data", "pretrained_weights", "scipy_images", "render"} <= set(line.split())
