"""What every rule declares, and what none may: asked of the parsed workflow."""

import re
from pathlib import Path

import pytest
import yaml

from parsed_rules import parse, rules
from proofsheet.planning.import_graph import imported_modules
from workflow_project import ROOT

# A cluster's words belong into the profile; `tasks` would also make the submission of a GPU fail.
CLUSTER_WORDS = re.compile(
    r"\b(tasks|tasks_per_gpu|nodes|constraint|clusters|qos|gres|gpus?_model|mpi|slurm_\w+"
    r"|partition|account)\b *="
)
# Whatever asks a network imports one of these.
ASKS_A_NETWORK = {
    "src/proofsheet/data/sources/choose.py",
    "src/proofsheet/data/prepare.py",
    "src/proofsheet/data/weights.py",
}


RULES = {rule.name: rule for rule in rules()}
WITH_A_SCRIPT = {name: rule for name, rule in RULES.items() if rule.script}
TEXTS = [*ROOT.glob("workflow/rules/*.smk"), *ROOT.glob("workflow/problems/*/*/rules.smk")]


def test_the_rules_are_found():
    assert len(RULES) > 90
    assert len(WITH_A_SCRIPT) > 80


def test_every_problem_has_its_jobs():
    """A folder with a solve.py, figures.py or notebook.py is found, and nothing else names it."""
    for path in ROOT.glob("workflow/problems/*/*/*.py"):
        *_, name, problem, file = path.parts
        job = {
            "solve.py": f"{name}_{problem}",
            "figures.py": f"{name}_{problem}_figures",
            "notebook.py": f"{name}_{problem}_notebook",
        }.get(file)
        assert job is None or job in RULES


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_rule_speaks_of_a_cluster(path):
    assert not CLUSTER_WORDS.findall(path.read_text())


def test_the_words_of_a_cluster_are_recognized():
    for line in ("tasks=4,", "slurm_partition='x',", "constraint = 'a100'", "nodes=2"):
        assert CLUSTER_WORDS.search(f"resources:\n    {line}")
    assert not CLUSTER_WORDS.search("multitasks=1, subtasks = 3")


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_every_rule_that_computes_declares_what_it_needs(name):
    rule = WITH_A_SCRIPT[name]
    assert Path(rule.script).is_file()
    assert rule.log
    assert rule.benchmark
    assert rule.conda
    assert Path(rule.conda).is_file()
    assert {"mem_mb", "runtime"} <= rule.resources.keys()


def asking(script: str | Path) -> set[str]:
    """Those modules of a script that ask a network."""
    modules = imported_modules(script, (ROOT / "src", ROOT / "workflow"))
    return ASKS_A_NETWORK & {str(Path(path).relative_to(ROOT)) for path in modules}


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_compute_nodes_need_no_network(name):
    """Data and weights are fetched by local rules; no script of the others can ask for them."""
    rule = WITH_A_SCRIPT[name]
    if not rule.local:
        assert "scripts/data/" not in rule.script
        assert not asking(rule.script)


def test_what_asks_a_network_is_recognized():
    assert asking(ROOT / "workflow/scripts/data/prepare.py")
    assert all((ROOT / path).is_file() for path in ASKS_A_NETWORK)


@pytest.mark.parametrize("name", WITH_A_SCRIPT)
def test_what_uses_a_device_declares_the_gpu(name):
    rule = WITH_A_SCRIPT[name]
    if not name.endswith("_notebook"):
        assert ("device" in rule.params) == ("gpu" in rule.resources)


def test_only_local_rules_are_tried_again_by_themselves():
    """`retries:` is for downloads; how often a job of the cluster is tried is the profile's."""
    assert {name for name, rule in RULES.items() if rule.retries} == {
        name for name, rule in WITH_A_SCRIPT.items() if "scripts/data/" in rule.script
    }


def test_the_profile_for_slurm_is_the_only_place_to_edit():
    profile = yaml.safe_load((ROOT / "workflow/profiles/slurm/config.yaml").read_text())
    assert profile["executor"] == "slurm"
    assert profile["slurm-keep-successful-logs"] is True
    assert profile["slurm-init-seconds-before-status-checks"] <= 10
    assert "partition" not in (ROOT / "workflow/profiles/default/config.yaml").read_text()


def test_the_longest_training_gets_a_quarter_of_the_cores():
    for cores, threads in ((None, 1), (2, 1), (8, 2)):
        declared = {
            rule.name: rule.resources["_cores"] for rule in parse({"preset": "full"}, cores=cores)
        }
        assert declared.pop("cs7643_ps2_p7_cifar10_train") == threads
        assert set(declared.values()) == {1}
