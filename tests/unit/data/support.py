"""Tables that pass for the real one, files and mirrors made of them, and what a server says."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import proofsheet
from proofsheet.data import dry_bean
from proofsheet.data.bean_features import FEATURE_NAMES, all_features

Columns = dict[str, list[Any]]


@dataclass
class Answer:
    """What the server says to one request.

    `announced` is the Content-Length that it promises; `delay` and `linger` are the seconds of
    silence before the body and after it; `headers` are those that it adds.
    """

    body: bytes = b""
    status: int = 200
    announced: int | None = None
    delay: float = 0.0
    linger: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """Answers in the order of `script`, the last one for ever; remembers what was asked."""

    url: str = ""
    script: list[Answer | Callable[[str], Answer]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    authorized: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> Answer:
        step = self.script[min(len(self.asked), len(self.script) - 1)]
        self.asked.append(path)
        return step if isinstance(step, Answer) else step(path)


FEW = {name: count // 20 for name, count in dry_bean.COUNTS.items()}
"""Beans of each variety in the tables of the tests: 678 in all."""


def beans(of: Mapping[str, int] = FEW) -> Columns:
    """A table of beans of each variety whose columns fit together: ellipses, roughened."""
    rng = np.random.default_rng(0)
    counts = np.array(list(of.values()))
    n = counts.sum()
    minor = rng.uniform(120, 330, n)
    major = minor * rng.uniform(1.05, 2.4, n)
    area = np.round(np.pi / 4 * major * minor * rng.uniform(0.96, 0.999, n))
    x = all_features(
        {
            "Area": area,
            "Perimeter": np.sqrt(4 * np.pi * area / rng.uniform(0.6, 0.98, n)),
            "MajorAxisLength": major,
            "MinorAxisLength": minor,
            "ConvexArea": np.round(area * rng.uniform(1.005, 1.05, n)),
            "Extent": rng.uniform(0.56, 0.86, n),
        }
    )
    x[5] = x[4]  # two beans of the first variety that are one
    columns: Columns = {
        name: column.tolist() for name, column in zip(FEATURE_NAMES, x.T, strict=True)
    }
    columns["Class"] = np.repeat(list(of), counts).tolist()
    return columns


def as_csv(columns: Columns) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def as_workbook(columns: Columns, path: Path, sheet: str = dry_bean.SHEET) -> Path:
    """An xlsx with the column names of the published one."""
    import openpyxl

    published = {"AspectRatio": "AspectRation", "Roundness": "roundness"}
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append([published.get(name, name) for name in columns])
    for row in zip(*columns.values(), strict=True):
        page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def uci(server: Server, table: bytes | Answer) -> Callable[[str], Answer]:
    """Answers as the repository's API and file server do."""
    variables = [
        {
            "name": name,
            "role": "Target" if name == "Class" else "Feature",
            "type": "Categorical" if name == "Class" else "Continuous",
            "demographic": None,
            "description": None,
            "units": None,
            "missing_values": "no",
        }
        for name in (*FEATURE_NAMES, "Class")
    ]
    data = {
        "uci_id": 602,
        "name": "Dry Bean",
        "repository_url": f"{server.url}/dataset/602/dry+bean+dataset",
        "data_url": f"{server.url}/static/public/602/data.csv",
        "num_instances": sum(FEW.values()),
        "num_features": 16,
        "variables": variables,
        "additional_info": {"summary": "Seven different types of dry beans"},
        "intro_paper": None,
    }

    def answer(path: str) -> Answer:
        if path == "/api/dataset?id=602":
            found = {"status": 200, "statusmessage": "OK", "data": data}
            return Answer(json.dumps(found).encode())
        if path == "/static/public/602/data.csv":
            return table if isinstance(table, Answer) else Answer(table)
        return Answer(b'{"status": 404, "message": "not found"}', status=404)

    return answer


def write_manifest(root: Path, files: dict[str, str], **other: Any) -> Path:
    """A mirror's manifest with the dataset `dry_bean`: sha256 by file name."""
    import yaml

    entry = {"official": False, "note": "made by a test", "licence": "CC BY 4.0", **other}
    entry["files"] = {name: {"sha256": digest} for name, digest in files.items()}
    root.mkdir(parents=True, exist_ok=True)
    (root / "manifest.yaml").write_text(yaml.safe_dump({"dry_bean": entry}), encoding="utf-8")
    return root


def run_python(code: str, **options: Any) -> subprocess.Popen[str]:
    """A Python of its own that can import the project."""
    source = Path(proofsheet.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(source)}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, text=True, **options)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
