"""Write the typst source of a report by an installed Quarto.

Quarto stops at the typst source (`output-ext: typ`), which the typst of this project compiles: the
one in Quarto changes with its version, uses the fonts of the system and cannot tell the chapter's
line of an error.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from proofsheet.jobs.errors import UserError

NEEDED = (1, 9)
LIMIT = 900  # seconds for one document: a first start unpacks its caches
_ERROR = re.compile(r"^\s*(?:\x1b\[[\d;]*m)*(?:error|ERROR)\b.*", re.MULTILINE)
_COLOR = re.compile(r"\x1b\[[\d;]*m")

log = logging.getLogger("proofsheet")


@dataclass(frozen=True)
class Quarto:
    """An executable and its version."""

    path: str
    version: str


def find() -> Quarto | None:
    """The `quarto` on the PATH if it is new enough; one line says why not."""
    try:
        return _usable(shutil.which("quarto"))
    except UserError as error:
        log.warning("%s: the report is rendered without Quarto", error)
        return None


def _usable(path: str | None) -> Quarto:
    if path is None:
        raise UserError("no quarto on the PATH")
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{path} does not run ({error})") from None
    match = re.search(r"(\d+)\.(\d+)(?:\.\d+)?", done.stdout)
    if done.returncode != 0 or not match:
        said = " ".join((done.stderr or done.stdout).split())[:120] or "nothing"
        raise UserError(f"{path} does not run ({said})")
    if (int(match[1]), int(match[2])) < NEEDED:
        raise UserError(f"quarto {match[0]} is older than {'.'.join(map(str, NEEDED))}")
    return Quarto(path, match[0])


def write(quarto: Quarto, project: Path, document: str) -> str:
    """Write `<document>.typ` into a staged project.

    Returns:
        The messages of Quarto.

    Raises:
        UserError: Quarto failed, or left no typst source; its messages are in the log.
    """
    command = [quarto.path, "render", f"{document}.qmd", "--to", "typst"]
    try:
        done = subprocess.run(
            command,
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"quarto {quarto.version} did not end within {LIMIT} s") from None
    except OSError as error:
        raise UserError(f"{quarto.path} does not run ({error})") from None
    said = _COLOR.sub("", done.stdout)
    if done.returncode != 0 or not (project / f"{document}.typ").is_file():
        log.info("%s", said.strip())
        match = _ERROR.search(said)
        last = match[0] if match else next(iter(said.strip().splitlines()[-1:]), "no message")
        raise UserError(
            f"quarto {quarto.version} ended with status {done.returncode}: {last.strip()}"
        )
    return said
