"""The rules as Snakemake parses them, for tests that ask what a rule declares."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workflow_project import ROOT

_DUMP = """
import json, sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

class AnyWildcard:
    def __getattr__(self, name):
        return ""

def path_of(rule):
    if rule.script is None:
        return None
    params = dict(rule.params.items())
    text = rule.script
    for key, value in params.items():
        text = text.replace("{params." + key + "}", str(value))
    return str((Path(rule.snakefile).parent / text).resolve())

with SnakemakeApi(OutputSettings()) as api:
    workflow = api.workflow(
        resource_settings=ResourceSettings(cores=json.loads(sys.argv[2])),
        config_settings=ConfigSettings(config=json.loads(sys.argv[1])),
        snakefile=Path("Snakefile"),
    )._workflow
    print("rules:" + json.dumps([
        {
            "name": rule.name,
            "outputs": [str(path) for path in rule.output],
            "params": sorted(str(key) for key, _ in rule.params.items()),
            "resources": {
                key: rule.resources[key].evaluate(AnyWildcard(), attempt=1).value
                for key in ("mem_mb", "runtime", "gpu", "_cores")
                if key in rule.resources
            },
            "log": [str(path) for path in rule.log],
            "benchmark": rule.benchmark and str(rule.benchmark),
            "conda": rule.conda_env and str(rule.conda_env),
            "script": path_of(rule),
            "retries": rule._restart_times or 0,
            "local": rule.name in workflow._localrules,
        }
        for rule in workflow.rules
    ]))
"""


@dataclass(frozen=True)
class Rule:
    """What one rule declares.

    Attributes:
        conda: path of the environment.
        script: absolute path; None for a rule that only gathers.
        resources: of the first attempt; threads are `_cores`.
    """

    name: str
    outputs: list[str]
    params: list[str]
    resources: dict[str, Any]
    log: list[str]
    benchmark: str | None
    conda: str | None
    script: str | None
    retries: int
    local: bool


def parse(
    config: dict[str, Any], folder: Path = ROOT, env: dict[str, str] | None = None,
    cores: int | None = 1,
):  # fmt: skip
    """Every rule of a checkout under a configuration; `cores` are those given to Snakemake."""
    # Data of a mirror may lie in this checkout, and the mirror is left out.
    config = {"data": {"source": "standin"}} | config
    environment = {k: v for k, v in (env or os.environ).items() if k != "PROOFSHEET_MIRROR"}
    done = subprocess.run(
        [sys.executable, "-c", _DUMP, json.dumps(config), json.dumps(cores)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("rules:")]
    assert lines, done.stderr[-3000:]
    return [Rule(**entry) for entry in json.loads(lines[0].removeprefix("rules:"))]


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of this checkout, for a full run."""
    return tuple(parse({"preset": "full"}))


def with_a_script() -> list[Rule]:
    return [rule for rule in rules() if rule.script]
