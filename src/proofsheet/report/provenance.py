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

from proofsheet.report.markdown import escape, heading, table
from proofsheet.report.results import Outcome

PACKAGES = (
    "proofsheet", "torch", "torchvision", "numpy", "scipy", "sympy", "scikit-learn", "pandas",
    "matplotlib", "snakemake", "pypandoc-binary", "typst",
)  # fmt: skip


def page(
    outcomes: Iterable[Outcome],
    *,
    settings: Mapping[str, Any],
    benchmarks: Path,
    root: Path,
) -> str:
    """The Markdown of the section.

    Args:
        outcomes: of the problems in the document.
        settings: what `config.yaml` said about the run, by name.
        benchmarks: folder of the TSV files of Snakemake's `benchmark:`.
        root: the checkout, whose commit is named.
    """
    outcomes = list(outcomes)
    used = {source["dataset"]: source for o in outcomes for source in o.sources}
    chosen = {key.capitalize(): _listed(value) for key, value in settings.items()}
    facts = [*machine().items(), *chosen.items(), ("Commit", commit(root))]
    parts = [heading("Provenance", 1)]
    if used:
        parts += [heading("Data", 2), *(_data(source) for source in used.values())]
    parts += [
        heading("Machine and settings", 2),
        table(["What", "Found"], facts),
        heading("Software", 2),
        escape(", ".join(f"{name} {version}" for name, version in versions().items())) + ".\n",
    ]
    rows = cost(benchmarks, {*used, *(outcome.set.id for outcome in outcomes)})
    if rows:
        parts += [
            heading("Time and memory", 2),
            "Wall-clock time, processor time and largest resident memory of each job, as"
            " Snakemake measured them; a row with several jobs adds up the times.\n",
            table(["Job", "Jobs", "Time", "Processor time", "Memory"], rows, "lrrrr"),
        ]
    return "\n".join(parts)


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
        "Platform": f"{platform.system()} {platform.machine()}",
        "Processor": _processor(),
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
        folder: root of the benchmark files.
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
    times = [_number(row.get("s")) for row in rows]
    cpu = [_number(row.get("cpu_time")) for row in rows]
    memory = [_number(row.get("max_rss")) for row in rows]
    return (
        name,
        str(len(rows)),
        _seconds(times),
        _seconds(cpu),
        f"{max(m for m in memory if m is not None):,.0f} MB"
        if any(m is not None for m in memory)
        else "–",
    )


def _number(text: str | None) -> float | None:
    """A measured value; a short job has NA or - where nothing was measured."""
    try:
        return float(text or "")
    except ValueError:
        return None


def _seconds(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    total = sum(known)
    if total < 120:
        return f"{total:.1f} s"
    minutes, seconds = divmod(round(total), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _data(source: Mapping[str, Any]) -> str:
    """One dataset: a table of facts with its files and checksums, and one of its counts."""
    if source.get("standin"):
        origin = "stand-in, not the real data"
    else:
        official = "official files" if source.get("official") else "not the official files"
        origin = f"{source.get('source', 'unknown')} ({official})"
    facts = [
        ("Source", origin),
        ("Version", source.get("version", "")),
        ("Licence", source.get("licence", "")),
        ("Citation", source.get("citation", "")),
        ("Note", source.get("note", "")),
        ("Split", source.get("split", "")),
        ("Seed of the split", source.get("split_seed", "")),
        ("Images on two sides", source.get("images_on_two_sides", "")),
        ("Duplicates removed", source.get("duplicates_removed", "")),
        *_checksums(source.get("files", [])),
    ]
    rows = [(key, value) for key, value in facts if value != ""]
    name = escape(source.get("title") or source["dataset"])
    return f"{table([name, ''], rows)}\n{_counts(source.get('counts', {}))}"


def _counts(counts: Mapping[str, Any]) -> str:
    """Rows per class and split."""
    splits = {part: entry["per_class"] for part, entry in counts.items() if "per_class" in entry}
    if not splits:
        return ""
    classes = list(dict.fromkeys(name for per_class in splits.values() for name in per_class))
    rows = [[name, *(f"{c.get(name, 0):,}" for c in splits.values())] for name in classes]
    rows.append(["all", *(f"{sum(c.values()):,}" for c in splits.values())])
    return table(["Class", *splits], rows, "l" + "r" * len(splits))


def _checksums(files: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """File and checksum, in groups of eight that a line can break between."""
    result = []
    for file in files:
        for kind in ("sha256", "md5"):
            if kind in file:
                digest = file[kind]
                groups = [digest[i : i + 8] for i in range(0, len(digest), 8)]
                result.append((str(file["name"]), f"{kind.upper()} {' '.join(groups)}"))
                break
    return result


def _listed(value: Any) -> str:
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
