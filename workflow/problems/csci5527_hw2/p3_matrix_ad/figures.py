"""CSCI 5527 HW 2, problem 3: the graph, and every entry of every node."""

import numpy as np

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json
from proofsheet.report.numbers import fixed
from proofsheet.report.tables import write_table


def size(value: np.ndarray) -> str:
    """Rows × columns; a scalar is 1."""
    return " × ".join(map(str, value.shape)) or "1"


def named(kind: str, names: tuple[str, ...]) -> list[tuple[str, np.ndarray]]:
    """The values or the gradients of these nodes, with their names in LaTeX."""
    label = {"value": "name", "derivative": "derivative_name"}[kind]
    return [(trace[name][label], trace[name][kind]) for name in names]


def by_column(path: str, kind: str, names: tuple[str, ...]) -> None:
    """One row per data point (column of the matrices), the matrices side by side."""
    parts = named(kind, names)
    header = ["$j$", *(f"$({name})_{{{i}j}}$" for name, part in parts
                       for i in range(1, len(part) + 1))]  # fmt: skip
    columns = np.concatenate([part for _, part in parts]).T
    write_table(
        path,
        header,
        [[str(j), *map(fixed, column)] for j, column in enumerate(columns, 1)],
        align="r" * len(header),
    )


def by_row(path: str, kind: str) -> None:
    """The weights, or their gradients, one under the other, row by row."""
    matrices = named(kind, ("W1", "W2", "W3"))
    width = max(matrix.shape[1] for _, matrix in matrices)
    rows = [
        [f"${name}$" if i == 0 else "", str(i + 1), *map(fixed, row), *[""] * (width - len(row))]
        for name, matrix in matrices
        for i, row in enumerate(matrix)
    ]
    columns = [f"column {j}" for j in range(1, width + 1)]
    write_table(path, ["Matrix", "row", *columns], rows, align="lr" + "r" * width)


with script.run(snakemake):
    trace = read_json(snakemake.input.trace)
    for step in trace.values():
        step["value"], step["derivative"] = np.array(step["value"]), np.array(step["derivative"])
    # In the order of evaluation: an input may stand anywhere before its first use.
    graph = {step["name"]: step["parents"] for step in trace.values()}

    figure, axes = figures.new(height=1.8)
    formulas = {s["name"]: f"${s['expression']}$" for s in trace.values() if s["expression"]}
    draw_graph(
        axes, graph, above=formulas, below={s["name"]: size(s["value"]) for s in trace.values()}
    )
    figures.save(figure, snakemake.output.graph)

    by_column(snakemake.output.given, "value", ("X", "Y"))
    by_column(snakemake.output.forward_hidden, "value", ("V1", "V2"))
    by_column(snakemake.output.forward_output, "value", ("V3", "V4", "V5", "D"))
    by_column(snakemake.output.backward_output, "derivative", ("D", "V5", "V4", "V3"))
    by_column(snakemake.output.backward_hidden, "derivative", ("V2", "V1"))

    by_row(snakemake.output.weights, "value")
    by_row(snakemake.output.gradients, "derivative")
