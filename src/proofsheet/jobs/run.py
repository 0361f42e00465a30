"""Run one job of the workflow in this process, for a debugger or a profiler.

    python -m proofsheet.jobs.run results/dl_hw1/p2_huber/metrics.json [preset=quick ...]

runs the script that makes the file, with what its rule hands to it. Its inputs must exist; nothing
else is run, and whether the file is up to date does not matter. Further arguments replace keys of
config.yaml.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import Any

import yaml

from proofsheet.jobs.errors import UserError


def job_of(target: str, config: dict[str, Any]) -> tuple[Path, Any]:
    """The script that makes a file, and the `snakemake` object that its rule hands to it.

    Args:
        target: a result, from the top of the checkout, which must be the current folder.
        config: replaces keys of config.yaml.

    Raises:
        UserError: no rule with a script makes the file, or an input is missing.
    """
    from snakemake.api import SnakemakeApi
    from snakemake.iocontainers import Snakemake, Wildcards
    from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

    with SnakemakeApi(OutputSettings()) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=config),
            snakefile=Path("Snakefile"),
        )._workflow
        makers = [rule for rule in workflow.rules if rule.script and rule.is_producer(target)]
        if not makers:
            raise UserError(
                f"no job of the workflow makes {target}; allowed: the path of a result, such as"
                " results/dl_hw1/p2_huber/metrics.json"
            )
        (rule,) = makers
        values = rule.get_wildcards(target)
        inputs, *_ = rule.expand_input(values)
        if missing := [str(path) for path in inputs if not os.path.exists(path)]:
            raise UserError(
                f"{target} needs {missing[0]}, which does not exist;"
                f" make it first: snakemake --cores all {missing[0]}"
            )
        outputs, _ = rule.expand_output(values)
        params, _ = rule.expand_params(values, inputs, outputs, None)
        resources = rule.expand_resources(values, inputs, attempt=1)
        snakemake = Snakemake(
            inputs, outputs, params, Wildcards(fromdict=values), resources["_cores"], resources,
            rule.expand_log(values), workflow.config, rule.name, None,
        )  # fmt: skip
        script = rule.script.format(params=params, wildcards=snakemake.wildcards)
        return Path(rule.snakefile).parent / script, snakemake


def main(arguments: list[str]) -> None:
    """The command line; see the module."""
    if not arguments or not all("=" in entry for entry in arguments[1:]):
        sys.exit("usage: python -m proofsheet.jobs.run RESULT [KEY=VALUE ...]")
    try:
        config = {k: yaml.safe_load(v) for k, v in (a.split("=", 1) for a in arguments[1:])}
        script, snakemake = job_of(arguments[0], config)
    except UserError as error:
        sys.exit(f"proofsheet: {error}")
    for path in [*snakemake.output, *snakemake.log]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # As in a job: the Snakefile has set it.
    sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)
    runpy.run_path(str(script), init_globals={"snakemake": snakemake}, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
