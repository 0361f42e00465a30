"""What the rules of many jobs share: files by name, resources, runs that share a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any


def needs(mem_mb: int, runtime: int, gpu: int | None = None) -> dict[str, Any]:
    """Resources of a job: memory, as much again at each retry; minutes; GPUs."""
    resources = {"mem_mb": lambda wildcards, attempt: mem_mb * attempt, "runtime": runtime}
    return resources if gpu is None else resources | {"gpu": gpu}


def shared_by(
    each: Sequence[dict[str, Any]], inputs: Mapping[str, str], params: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and parameters of a job with several runs.

    Args:
        each: the wildcards of each run.
        inputs: with wildcards in braces.
        params: those that differ between the runs are functions of the wildcards.

    Returns:
        Inputs, and parameters of which `runs` has what each run has of its own.
    """
    own = [
        values
        | {k: v(SimpleNamespace(**values)) for k, v in params.items() if callable(v)}
        | {k: v.format(**values) for k, v in inputs.items() if "{" in v}
        for values in each
    ]
    files = {k: sorted({run[k] for run in own}) if "{" in v else v for k, v in inputs.items()}
    return files, {k: v for k, v in params.items() if not callable(v)} | {"runs": own}


def data_of(dataset: str) -> dict[str, str]:
    """The prepared files of a dataset, by name."""
    parts = {"scipy_images": ["images"], "weights": ["weights"]}
    names = parts.get(dataset, ["train", "val", "test"])
    arrays = {name: f"results/data/{dataset}/{name}.npz" for name in names}
    return arrays | {"source": f"results/data/{dataset}/source.json"}


def flat(files: Mapping[str, str | list[str]]) -> list[str]:
    """The paths of a mapping, of which some are lists."""
    lists = (path if isinstance(path, list) else [path] for path in files.values())
    return [path for paths in lists for path in paths]


def drawings_of(results: str, about: Mapping[str, Any]) -> dict[str, str]:
    """Figures and tables of a problem by name; a table named as a figure is `<name>_table`."""
    figures, tables = about.get("figures", []), about.get("tables", [])
    return {name: f"{results}/figures/{name}.svg" for name in figures} | {
        f"{name}_table" if name in figures else name: f"{results}/tables/{name}.md"
        for name in tables
    }
