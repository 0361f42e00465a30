"""Write Snakemake's rule graph of one set into the README (`make rulegraph`)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- rulegraph -->", "<!-- /rulegraph -->"


def rulegraph() -> str:
    """The graph as a Mermaid code block, which GitHub and Quarto draw."""
    drawn = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--forceall", "--workflow-profile",
         "none", "--rulegraph", "mermaid-js", "--config", "preset=full", "--", "csci5527_hw2"],
        cwd=README.parent, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    graph = drawn[drawn.index("---") :] if "---\n" in drawn else drawn
    return "```mermaid\n" + "\n".join(in_order(graph.splitlines())) + "\n```"


def in_order(lines: list[str]) -> list[str]:
    """A graph without colors, its rules by name: Snakemake orders them anew each time."""
    rules = {found[1]: found[2] for line in lines if (found := re.match(r"\s*(\w+)\[(.+)\]", line))}
    number = {old: f"id{new}" for new, old in enumerate(sorted(rules, key=rules.get))}
    arrows = [found.groups() for line in lines if (found := re.match(r"\s*(\w+) --> (\w+)", line))]
    head = [line.rstrip() for line in lines[: next(i for i, s in enumerate(lines) if "[" in s)]]
    return [
        *filter(None, head),
        *(f"\t{number[old]}[{rules[old]}]" for old in sorted(rules, key=rules.get)),
        *(
            f"\t{number[start]} --> {number[end]}"
            for start, end in sorted(arrows, key=lambda arrow: [rules[name] for name in arrow])
        ),
    ]


def with_rulegraph(readme: str, graph: str) -> str:
    """`readme` with `graph` between the markers."""
    block = f"{BEGIN}\n{graph}\n{END}"
    return re.sub(f"{BEGIN}.*?{END}", lambda _: block, readme, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(with_rulegraph(README.read_text(), rulegraph()))
