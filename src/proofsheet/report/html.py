"""The HTML edition: one file per document, from the chapters that become the PDF.

Pandoc writes the text, with formulas in MathML; `html.lua` numbers and refers as the PDF does. Here
the numbers are told where they come from, and the page gets its figures, its checks with their
source text, the scripts that drew it, style and behavior. Nothing is fetched when it is read.
"""

from __future__ import annotations

import ast
import base64
import json
import mimetypes
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import pypandoc
import yaml

from proofsheet.jobs.atomic_files import read_json, write_text
from proofsheet.jobs.errors import UserError
from proofsheet.report import expand
from proofsheet.report.chapter import VARIABLE, Chapter
from proofsheet.report.inline_svg import Figures
from proofsheet.report.lint_rules import Report
from proofsheet.report.marks import CHECK
from proofsheet.report.provenance import comma_list, commit
from proofsheet.report.render import choose, complaints, lua_filter
from proofsheet.report.results import Outcome, metric
from proofsheet.report.variables import lookup

_HERE = Path(__file__).parent
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)" width="([^"]*)">')
_VALUE = re.compile(r'data-of="([^"]+)"')
_SCRIPT = re.compile(r"<!-- script of ([\w/-]+) -->")
_CHECKS = re.compile(r"<!-- checks of ([\w-]+) -->")


# Where browsers show the MathML of pandoc otherwise than TeX does.
_NAME = r"(?:<mspace[^>]*></mspace>)?<mi[^>]*>\w+</mi><mo>&#8289;</mo></mrow>"
_THIN = '<mspace width="0.167em"></mspace>'
_MENDED = (
    (' xmlns="[^"]*"', ""),
    # Between brackets and over limits pandoc does not mark the name of a function as one.
    (r'(<mi mathvariant="normal">\w{2,}</mi>)(?!<mo>&#8289;)', r"<mrow>\1<mo>&#8289;</mo></mrow>"),
    # The name has a thin space before it, and one after it or its limits.
    (
        r'(</m(?:i|n|su[bp]|subsup|row)>|"postfix">.</mo>)((?:<m(?:sub|sup|under)>)?<mrow>)'
        rf"(?={_NAME})", rf"\1\2{_THIN}",
    ),
    (
        rf"(<m(sub|under)><mrow>{_NAME}(?:(?!</?m\2>).)*</m\2>)(?=<m(?!o>|o |space))",
        rf"\1{_THIN}",
    ),
    (
        rf"((?<!<msub>)(?<!<msup>)(?<!<munder>)<mrow>{_NAME})(?=<m(?!o>|o |space))",
        rf"\1{_THIN}",
    ),
    # A relation at the end has the space of the sentence after it.
    (r"<mo>=</mo>(?=(?:</mrow>)?<annotation)", '<mo rspace="0">=</mo>'),
    # Brackets around something flat do not grow.
    (
        r'"true"( form="prefix">[(\[{]</mo>(?:(?!stretchy="true"|<m(?:frac|table|under|over|sqrt))'
        r'.)*<mo stretchy=)"true"( form="postfix">[)\]}])', r'"false"\1"false"\2',
    ),
    # Only this aligns columns; dots and primes stand where TeX has them.
    ("text-align: ", "text-align: -webkit-"),
    ("\u0307</mo>", "˙</mo>"),
    (
        r"<msup>(<mi[^>]*>.</mi>)<mo>([′″‴])</mo></msup>",
        r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>',
    ),
)  # fmt: skip


def render(
    report: Report, staged: Path, document: str, output: Path, *,
    settings: Mapping[str, Any], root: Path = Path("."), renderer: str = "auto",
) -> str:  # fmt: skip
    """Write a document as one HTML file.

    Args:
        root: the checkout, with the scripts of the problems.
        renderer: as of `render.render`; of Quarto it is the pandoc inside it that writes.

    Returns:
        What rendered it.

    Raises:
        UserError: pandoc failed, or something is unresolved.
    """
    found = choose(renderer)
    pandoc = [found.path, "pandoc"] if found else [pypandoc.get_pandoc_path()]
    text = _pandoc(pandoc, _source(staged, document), staged, report.folder)
    figures = Figures()
    outcomes = {outcome.key: outcome for outcome in report.outcomes}
    text = _IMAGE.sub(lambda match: _image(staged, figures, *map(unescape, match.groups())), text)
    text = _VALUE.sub(lambda match: _origin(unescape(match[1]), outcomes, settings), text)
    text = _CHECKS.sub(lambda match: _checks(match[1], report, staged, root), text)
    text, scripts = _scripts(text, root)
    pieces = {
        "cover": _cover(read_json(staged / "generated/cover.json")),
        "scripts": scripts,
        "letters": figures.letters(),
        "style": (_HERE / "page.css").read_text(encoding="utf-8") + figures.styles(),
        "behavior": (_HERE / "page.js").read_text(encoding="utf-8"),
    }
    write_text(output, re.sub(r"<!-- (\w+) -->", lambda m: pieces.get(m[1], m[0]), text))
    return f"quarto {found.version}" if found else "pandoc"


def _source(staged: Path, document: str) -> str:
    """The whole document in Markdown, its numbers and tables marked with their origin."""
    lines: list[str] = []
    before = None
    for line in expand.lines(Path(f"{document}.qmd"), staged):
        if line.path != before and line.path.parts[0] == "tables":
            lines += ["```{=made}", "/".join(line.path.parts[1:3]), "```", ""]
        before = line.path
        lines.append(line.text)
    chapter = Chapter(staged, "\n".join(lines) + "\n")
    values = read_json(staged / "_variables.yml")
    parts, done = [], 0
    # Within code, attributes or addresses a variable is not a token of its own.
    for token in chapter.of("shortcode"):
        name = VARIABLE.fullmatch(token.text)
        if name and lookup(values, name[1]) and not CHECK.fullmatch(name[1]):
            parts += [
                chapter.text[done : token.start],
                f'[{token.text}]{{.value data-of="{name[1]}"}}',
            ]
            done = token.end
    return expand.substitute("".join([*parts, chapter.text[done:]]), values)


def _pandoc(pandoc: list[str], source: str, staged: Path, folder: Path) -> str:
    settings = yaml.safe_load((staged / "_quarto.yml").read_text(encoding="utf-8"))
    metadata = yaml.safe_load((staged / "generated/metadata.yml").read_text(encoding="utf-8"))
    command = [
        *pandoc, "--from=markdown", "--to=html5", "--wrap=none", "--mathml", "--section-divs",
        "--toc", "--toc-depth=4", "--shift-heading-level-by=1", "--strip-comments",
        "--syntax-highlighting=none", "--lua-filter=html.lua", "--citeproc",
        f"--template={_HERE}/page.html", f"--bibliography={settings['bibliography']}",
        "--metadata=link-citations:true", "--metadata=reference-section-title:References",
        f"--variable=lang:{settings['lang']}", f"--variable=pagetitle:{metadata['title']}",
    ]  # fmt: skip
    write_text(staged / "html.lua", lua_filter("html.lua"))
    done = subprocess.run(
        command, input=source, cwd=staged, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UserError(f"pandoc: {' '.join(done.stderr.split())}")
    if faults := complaints(done.stderr, staged, folder):
        raise UserError("\n".join(faults))
    text = re.sub(r"<math .*?</math>", lambda match: _formula(match[0]), done.stdout, flags=re.S)
    return re.sub(r"<th( style=\"[^\"]*\")?></th>", r"<td\1></td>", text)


def _formula(text: str) -> str:
    """A formula that browsers show as TeX does."""
    for pattern, instead in _MENDED:
        text = re.sub(pattern, instead, text)
    return text


def _image(staged: Path, figures: Figures, source: str, alt: str, width: str) -> str:
    path = staged / source
    if not path.is_file():
        raise UserError(f"{source}: no such picture")
    if path.suffix == ".svg":
        return figures.inline(path, alt, width)
    kind, data = mimetypes.guess_type(path)[0], base64.b64encode(path.read_bytes()).decode()
    size = f' style="width:{escape(width)}"' if width else ""
    return f'<img src="data:{kind};base64,{data}" alt="{escape(alt)}"{size}>'


# Where a number comes from ------------------------------------------------------------------


def _origin(name: str, outcomes: Mapping[str, Outcome], settings: Mapping[str, Any]) -> str:
    """The attributes of a printed number: its metric in full, and the run behind it."""
    set_name, problem, *keys = name.split(".")
    outcome = outcomes[f"{set_name}.{problem}"]
    keys = keys[:-1]  # the last one says how it is printed
    value = metric(outcome.metrics, ".".join(keys)) if keys else outcome.standin
    path = ".".join(key.removeprefix("i") if key[1:].isdecimal() else key for key in keys)
    said = (
        f"{set_name}/{problem}: {path or 'stand-in data'} = {json.dumps(value, ensure_ascii=False)}"
    )
    run = _run(outcome, keys, settings)
    return f'tabindex="0" role="button" data-metric="{escape(said)}" data-run="{escape(run)}"'


def _run(outcome: Outcome, keys: list[str], settings: Mapping[str, Any]) -> str:
    """The runs that a metric's name or their own records point to, their seeds and device.

    A run is meant by a key that is part of its name, or names a group of its record. Where no
    run is meant, solve.py computed the number, perhaps from all of them.
    """
    runs = _runs(outcome.folder)
    chosen, run = list(runs), "solve.py"
    for key in keys:
        meant = [
            name
            for name in chosen
            if key in (name, *name.split("-")) or isinstance(runs[name].get(key), dict)
        ]
        if meant:
            chosen, run = meant, ", ".join(meant)
    if runs and run == "solve.py":
        run += f", which reads {len(runs)} runs"
    # What records no seeds uses the first one.
    first = settings["seeds"][0]
    seeds = {seed for n in chosen for seed in runs[n].get("seeds", [runs[n].get("seed", first)])}
    devices = {runs[name]["device"] for name in chosen if "device" in runs[name]}
    facts = {
        "run": run,
        "seeds": comma_list(sorted(seeds or {first})),
        "device": comma_list(sorted(devices)) or f"{settings['device']} (config.yaml)",
        "preset": settings["preset"],
    }
    return "; ".join(f"{key} {fact}" for key, fact in facts.items())


@cache
def _runs(folder: Path) -> dict[str, Any]:
    """The records of a problem's runs, by name."""
    return {path.stem: read_json(path) for path in sorted((folder / "runs").glob("*.json"))}


# Checks and scripts -------------------------------------------------------------------------


def _checks(set_name: str, report: Report, staged: Path, root: Path) -> str:
    """The checks of a set: each one opens to its numbers and its source text."""
    rows = {row["number"]: row for row in read_json(staged / "generated/checks.json")[set_name]}
    parts = []
    for name, number in report.cited.items():
        if number not in rows:
            continue
        row = rows[number]
        key, check = name.split(".checks.")
        folder = Path("workflow/problems", *key.split("."))
        file, source = _functions(root / folder).get(check, ("checks.json", ""))
        facts = {
            "Method": row["method"], "Trials": row["trials"], "Largest error": row["error"],
            "Tolerance": row["tolerance"], "Source": f"{check} in {folder / file}",
        }  # fmt: skip
        listed = "".join(f"<dt>{k}</dt><dd>{escape(str(v))}</dd>" for k, v in facts.items())
        parts.append(
            f'<details class="row" id="check-{number}"><summary><span class="tick">✓{number}</span>'
            f" {escape(row['claim'])}</summary><dl>{listed}</dl>"
            f"<pre><code>{escape(source)}</code></pre></details>"
        )
    return "".join(parts)


@cache
def _functions(folder: Path) -> dict[str, tuple[str, str]]:
    """File name and source text of each function of a problem, those of its derivations first."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("*.py"), key=lambda path: path.name != "derivations.py"):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                found.setdefault(
                    node.name, (path.name, "\n".join(lines[first - 1 : node.end_lineno]))
                )
    return found


def _scripts(text: str, root: Path) -> tuple[str, str]:
    """The text without links to scripts that are not there; the scripts that are."""
    at, found = commit(root), {}

    def keep(match: re.Match[str]) -> str:
        path = root / "workflow/problems" / match[1] / "figures.py"
        if not path.is_file():
            return ""
        name = match[1].replace("/", "-")
        source = path.read_text(encoding="utf-8")
        found[name] = (
            f'<details class="row" id="script-{name}"><summary>{path.relative_to(root)}</summary>'
            f"<p>Commit {escape(at)}</p><pre><code>{escape(source)}</code></pre></details>"
        )
        return f'<a class="source" href="#script-{name}">How it was made</a>'

    return _SCRIPT.sub(keep, text), "".join(found.values())


# The first page -----------------------------------------------------------------------------


def _cover(front: Mapping[str, Any]) -> str:
    """Title, author, date, and the parts of each set with points, checks and results."""
    who = [front["author"][key] for key in ("name", "student_id", "email")]
    line = " · ".join(filter(None, [*who, front["date"]]))
    notices = [front["standin"] and f"Stand-in data. {front['standin']}", *front["notes"]]
    tables = []
    for entry in front["sets"]:
        rows = [row for row in front["rubric"] if row["set"] == entry["short"]]
        opened = " open" if len(front["sets"]) == 1 else ""
        tables.append(
            f"<details{opened}><summary>{escape(entry['short'])}</summary>"
            '<div class="scroll"><table><thead><tr><th>Part</th><th>Points</th>'
            f"<th>Checks</th><th>Result (bar)</th></tr></thead><tbody>{''.join(map(_row, rows))}"
            "</tbody></table></div></details>"
        )
    return (
        f'<p class="kicker">{escape(front["kicker"])}</p><h1>{escape(front["title"])}</h1>'
        f"<p>{escape(line)}</p>"
        + "".join(f'<p class="notice">{escape(text)}</p>' for text in notices if text)
        + f"<p>{escape(front['checks'])}</p>{''.join(tables)}"
    )


def _row(row: Mapping[str, Any]) -> str:
    name = f"<strong>{escape(row['problem'])}</strong>" if not row["part"] else escape(row["part"])
    bars = "<br>".join(
        f"{escape(bar['what'])}: <strong>{escape(bar['value'])}</strong>"
        f" ({escape(bar['whose'])} {escape(bar['bar'])}, {escape(bar['state'])})"
        for bar in row["bars"]
    )
    return (
        f'<tr><td><a href="#{row["label"]}">{name}</a></td><td>{escape(row["points"])}</td>'
        f"<td>{row['checks'] or ''}</td><td>{bars}</td></tr>"
    )
