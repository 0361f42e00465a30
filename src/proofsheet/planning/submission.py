"""Which files a course asks for, and which job makes them.

`report/<set>/set.yaml` lists them: `documents` are separate PDFs of some of the problems,
`archives` are zips of notebooks and of the code of some scripts. Without either, a set is handed
in as one PDF and its notebooks, except those that the course does not want
(`notebook_wanted: false`). `package` names a package of src/ whose folder the course prescribes: it
is handed in as a zip beside the notebooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofsheet.jobs.atomic_files import read_json
from proofsheet.planning.import_graph import imported_modules
from proofsheet.planning.presets import datasets_of, describe_quick, real_data


def files(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """Each file of the bundle `results/submission/<set>/`, and where it is made."""
    documents = [f"{name}_{part}" for part in entry.get("documents", {})] or [name]
    made = {f"{document}.pdf": f"results/{document}.pdf" for document in documents}
    if "package" in entry:
        file = f"{entry['package']}.zip"
        made[file] = f"results/notebooks/{name}/{file}"
    if "archives" in entry:
        return made | {file: f"results/notebooks/{name}/{file}" for file in entry["archives"]}
    unwanted = {
        file
        for p in entry["problems"].values()
        if not p.get("notebook_wanted", True)
        for file in notebook_sources(p)
    }
    return made | {file: at for file, at in notebooks(name, entry).items() if file not in unwanted}


def notebooks(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """The notebooks of a set by name, and where they are made; not all are handed in."""
    named = [file for p in entry["problems"].values() for file in notebook_sources(p)]
    return {notebook: f"results/notebooks/{name}/{notebook}" for notebook in named}


def notebook_sources(problem: Mapping[str, Any]) -> dict[str, str]:
    """The notebooks of a problem by name, and what each is built from in the problem's folder.

    Args:
        problem: its entry in set.yaml; `notebook` names one, or several in a list.
    """
    named = problem.get("notebook", [])
    if isinstance(named, str):
        return {named: "notebook.py"}
    return {file: f"notebook_{Path(file).stem}.py" for file in named}


def code(name: str, scripts: Iterable[str]) -> list[str]:
    """Some scripts of a set and every module of the project that they import.

    Args:
        scripts: `<problem>/<script>`, without suffix.
    """
    paths = [f"workflow/problems/{name}/{script}.py" for script in scripts]
    return [*paths, *sorted({module for path in paths for module in imported_modules(path)})]


def summary(
    name: str, entry: Mapping[str, Any], missing: Sequence[str] = (), root: str | Path = "."
) -> list[str]:
    """The files of a bundle and the course's instructions, line by line."""
    folder = f"results/submission/{name}"
    lines = [f"{entry['short']}: {folder}/"]
    for file in files(name, entry):
        size = (Path(root) / folder / file).stat().st_size
        lines.append(f"  {file:<28} {size / 1e6:6.2f} MB")
    lines.append(f"  to hand in: {' '.join(entry['hand_in'].split())}")
    return [*lines, *(f"  before that: {line}" for line in missing)]


def ready_to_hand_in(
    config: Mapping[str, Any],
    sets: Mapping[str, Mapping[str, Any]],
    presets: Mapping[str, str],
    since: float,
) -> list[str]:
    """The `summary` of every set whose bundle is whole and was written since a time.

    A line at the end says so if the PDFs have no name on them, or if data are stand-ins.

    Args:
        since: when the run began, in seconds of the epoch.
    """
    lines = []
    for name, entry in sets.items():
        bundle = [Path(f"results/submission/{name}/{file}") for file in files(name, entry)]
        whole = all(path.exists() for path in bundle)
        if whole and any(path.stat().st_mtime >= since for path in bundle):
            lines += summary(name, entry, missing_from(config, name, entry, presets[name]))
    if lines and not config["author"]["name"].strip():
        lines.append("author.name in config.yaml is empty: page 1 of each PDF has a line for it")
    if lines and (quick := describe_quick(config, presets)):
        lines.append(quick)
    return [*lines, ""] if lines else []


def missing_from(
    config: Mapping[str, Any],
    name: str,
    entry: Mapping[str, Any],
    preset: str,
    root: str | Path = ".",
) -> list[str]:
    """What the course asks for and only the author can add.

    Args:
        entry: its `set.yaml`. `screenshots` there says that the course wants to see prompts and
            answers of AI tools, `asks` which keys of the configuration it asks for.
    """
    lines = []
    if config["preset"] == "quick":
        lines.append("this was a quick run: set `preset` to full or auto and run again")
    elif preset == "quick":
        lines.append("this was a quick run, since its data were expected to be stand-ins")
    lines += [
        f"{data} is a stand-in here, not the real data: {real_data(config)}"
        for data in sorted(datasets_of(entry))
        if (place := Path(root, f"results/data/{data}/source.json")).is_file()
        and read_json(place)["standin"]
    ]
    for key, what in entry.get("asks", {}).items():
        value: Any = config
        for part in key.split("."):
            value = value[part]
        if value is None or not str(value).strip():
            lines.append(f"config.yaml: {key} is empty; the course asks for {what}")
    acknowledged = config["acknowledgements"].get(name, {})
    unsaid = [
        problem
        for problem in entry["problems"]
        if None in (acknowledged.get(problem, {}).get(key) for key in ("collaborators", "ai_tools"))
    ]
    if unsaid:
        of = "" if len(unsaid) == len(entry["problems"]) else f" for {', '.join(unsaid)}"
        lines.append(
            f"config.yaml: acknowledgements.{name} does not say who and which AI tools helped{of};"
            " the report has “Not stated” there (an empty list [] says none)"
        )
    if entry.get("screenshots"):
        lines += [
            f"config.yaml: acknowledgements.{name}.{problem} names AI tools without `images`;"
            " the course asks for screenshots of prompts and answers"
            for problem, given in acknowledged.items()
            if given["ai_tools"] and not given["images"]
        ]
    return lines
