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
         "none", "--rulegraph", "mermaid-js", "--", "csci5527_hw2"],
        cwd=README.parent, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    graph = drawn[drawn.index("---") :] if "---\n" in drawn else drawn
    lines = [line.rstrip() for line in graph.splitlines() if "style" not in line and line.strip()]
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def with_rulegraph(readme: str, graph: str) -> str:
    """`readme` with `graph` between the markers."""
    block = f"{BEGIN}\n{graph}\n{END}"
    return re.sub(f"{BEGIN}.*?{END}", lambda _: block, readme, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(with_rulegraph(README.read_text(), rulegraph()))
