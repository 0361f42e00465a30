"""Where everything came from: data, software, machine, and what the computation cost."""

from __future__ import annotations

import csv
import platform
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from proofsheet.report.results import Outcome
from proofsheet.report.tables import escape, plain_table

PACKAGES = (
    "proofsheet", "torch", "torchvision", "numpy", "scipy", "sympy", "scikit-learn", "pandas",
    "matplotlib", "snakemake", "pypandoc-binary", "typst",
)  # fmt: skip


def section(outcomes: Iterable[Outcome], *, settings: Mapping[str, Any], root: Path) -> str:
    """The Markdown of the report's section: data, machine, settings, software."""
    parts = ["# Provenance {.unnumbered}\n"]
    for source in _sources(outcomes).values():
        parts.append(f"**{escape(_title(source))}**: {escape(_description(source))}\n")
    chosen = {key: comma_list(value) for key, value in settings.items()}
    facts = {**machine(), **chosen, "commit": commit(root)}
    for name, pairs in (("Run", facts), ("Software", versions())):
        listed = "; ".join(f"{key} {value}" for key, value in pairs.items())
        parts.append(f"**{name}**: {escape(listed)}.\n")
    return "\n".join(parts)


def record(outcomes: Iterable[Outcome], *, benchmarks: Path) -> str:
    """What is kept beside the report, in Markdown: files with checksums, classes, job times."""
    outcomes = list(outcomes)
    used = _sources(outcomes)
    parts = ["# Provenance\n", *(_data(source) for source in used.values())]
    rows = cost(benchmarks, {*used, *(outcome.set.id for outcome in outcomes)})
    if rows:
        parts += [
            "## Time and memory\n",
            "Wall-clock time, processor time and peak resident memory of each job, as Snakemake"
            " measured them; a row with several jobs adds up the times.\n",
            plain_table(["Job", "Jobs", "Time", "Processor time", "Memory"], rows, "lrrrr"),
        ]
    return "\n".join(parts)


def _sources(outcomes: Iterable[Outcome]) -> dict[str, Mapping[str, Any]]:
    return {source["dataset"]: source for outcome in outcomes for source in outcome.sources}


def _title(source: Mapping[str, Any]) -> str:
    return str(source.get("title") or source["dataset"])


def _description(source: Mapping[str, Any]) -> str:
    """One dataset in a few lines: version, origin, license, citation, split."""
    counts = {part: entry.get("total") for part, entry in source.get("counts", {}).items()}
    rows = ", ".join(f"{count:,} {part}" for part, count in counts.items() if count)
    on_two_sides = source.get("images_on_two_sides", "")
    details = (
        source.get("version", ""),
        _origin(source),
        source.get("note", ""),
        source.get("licence") and f"license {source['licence']}",
        source.get("citation", ""),
        rows and f"prepared as {rows}",
        source.get("split", ""),
        on_two_sides != "" and f"images on two sides of the split: {on_two_sides}",
    )
    return "; ".join(str(detail) for detail in details if detail) + "."


def _origin(source: Mapping[str, Any]) -> str:
    if source.get("standin"):
        return "stand-in, not the real data"
    official = "official files" if source.get("official") else "not the official files"
    return f"{source.get('source', 'unknown')} ({official})"


def versions() -> dict[str, str]:
    """Versions of the main packages that are installed, and of Python."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """Platform, processor and, if there is one, GPU."""
    facts = {
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
    }
    gpu = _output(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"])
    return facts | ({"GPU": ", ".join(gpu.splitlines())} if gpu else {})


def commit(root: Path) -> str:
    """The git commit, and whether files differ from it; says so outside of git."""
    name = _output(["git", "-C", str(root), "rev-parse", "--short=10", "HEAD"])
    if not name:
        return "not under git"
    changed = _output(["git", "-C", str(root), "status", "--porcelain", "--untracked-files=no"])
    return f"{name}, with local changes" if changed else name


def cost(folder: Path, names: Iterable[str]) -> list[tuple[str, ...]]:
    """Job, number of jobs, time, processor time, memory: a row per benchmark file.

    Files more than two folders deep are the jobs of one rule: `<set>/<rule>/<job>.tsv` all count
    in the row `<set>/<rule>`.

    Args:
        names: sets and datasets in the document; a file counts if one of them is in its path.
    """
    known = set(names)
    jobs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for path in sorted(folder.rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts
        if known.intersection(parts):
            with path.open(encoding="utf-8", newline="") as file:
                jobs["/".join(parts[:2])] += csv.DictReader(file, delimiter="\t")
    return [_cost_row(name, rows) for name, rows in jobs.items() if rows]


def _cost_row(name: str, rows: list[dict[str, str]]) -> tuple[str, ...]:
    seconds, cpu, memory = (_measured(rows, key) for key in ("s", "cpu_time", "max_rss"))
    peak = f"{max(memory):,.0f} MB" if memory else "–"
    return name, str(len(rows)), _seconds(seconds), _seconds(cpu), peak


def _measured(rows: list[dict[str, str]], key: str) -> list[float]:
    """What was measured; a short job has NA or - instead."""
    return [float(row[key]) for row in rows if row.get(key, "").replace(".", "").isdecimal()]


def _seconds(values: list[float]) -> str:
    if not values:
        return "–"
    total = sum(values)
    if total < 120:
        return f"{total:.1f} s"
    minutes, seconds = divmod(round(total), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _data(source: Mapping[str, Any]) -> str:
    """One dataset: a table of facts with its files and checksums, and one of its counts."""
    facts = [
        ("Source", _origin(source)),
        ("Version", source.get("version", "")),
        ("License", source.get("licence", "")),
        ("Citation", source.get("citation", "")),
        ("Note", source.get("note", "")),
        ("Split", source.get("split", "")),
        ("Seed of the split", source.get("split_seed", "")),
        ("Images on two sides", source.get("images_on_two_sides", "")),
        ("Duplicates removed", source.get("duplicates_removed", "")),
        *_checksums(source.get("files", [])),
    ]
    rows = [(key, value) for key, value in facts if value != ""]
    counts = _counts(source.get("counts", {}))
    return f"## {escape(_title(source))}\n\n{plain_table(['', ''], rows)}\n{counts}"


def _counts(counts: Mapping[str, Any]) -> str:
    """Rows per class and split."""
    splits = {part: entry["per_class"] for part, entry in counts.items() if "per_class" in entry}
    if not splits:
        return ""
    classes = list(dict.fromkeys(name for per_class in splits.values() for name in per_class))
    rows = [[name, *(f"{c.get(name, 0):,}" for c in splits.values())] for name in classes]
    rows.append(["all", *(f"{sum(c.values()):,}" for c in splits.values())])
    return plain_table(["Class", *splits], rows, "l" + "r" * len(splits))


def _checksums(files: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """File and checksum."""
    kinds = [(file, "sha256" if "sha256" in file else "md5") for file in files]
    return [(file["name"], f"{kind.upper()} {file[kind]}") for file, kind in kinds if kind in file]


def comma_list(value: Any) -> str:
    """A setting in words: the entries of a list with commas between them."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.lower().startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _output(command: list[str]) -> str:
    """What a command prints, or '' where it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
