"""CSCI 5527 HW 2, problem 3: the graph, the units at work, and every entry of every node."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json
from proofsheet.report.numbers import fixed, integer, scientific
from proofsheet.report.tables import write_table

WEIGHTS = ("W1", "W2", "W3")
NODES = ("V1", "V2", "V3", "V4", "V5", "D", "z")


def size(value: np.ndarray) -> str:
    """Rows × columns; a scalar is 1."""
    return " × ".join(map(str, value.shape)) or "1"


def by_column(path: str, kind: str, names: tuple[str, ...]) -> None:
    """One row per data point (column of the matrices), the matrices side by side."""
    parts = [(trace[name]["name" if kind == "value" else "derivative_name"], trace[name][kind])
             for name in names]  # fmt: skip
    header = ["$j$", *(f"$({name})_{{{i}j}}$" for name, part in parts
                       for i in range(1, len(part) + 1))]  # fmt: skip
    columns = np.concatenate([part for _, part in parts]).T
    write_table(
        path,
        header,
        [[str(j), *map(fixed, column)] for j, column in enumerate(columns, 1)],
        align="r" * len(header),
    )


def by_row(path: str, matrices: dict[str, np.ndarray], marks: dict[str, np.ndarray]) -> None:
    """Small matrices one under the other, row by row; marked entries are bold."""
    width = max(matrix.shape[1] for matrix in matrices.values())
    rows = []
    for name, matrix in matrices.items():
        for i, row in enumerate(matrix):
            texts = [
                f"**{fixed(x)}**" if name in marks and marks[name][i, j] else fixed(x)
                for j, x in enumerate(row)
            ]
            label = [f"${name}$" if i == 0 else "", str(i + 1)]
            rows.append([*label, *texts, *[""] * (width - len(row))])
    columns = [f"column {j}" for j in range(1, width + 1)]
    write_table(path, ["Matrix", "row", *columns], rows, align="lr" + "r" * width)


with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    trace = read_json(snakemake.input.trace)
    for step in trace.values():
        step["value"], step["derivative"] = np.array(step["value"]), np.array(step["derivative"])
    # In the order of evaluation: an input may stand anywhere before its first use.
    graph = {step["name"]: step["parents"] for step in trace.values()}

    figure, (top, bottom) = figures.new(2, 1, height=3.6)
    formulas = {s["name"]: f"${s['expression']}$" for s in trace.values() if s["expression"]}
    draw_graph(
        top, graph, above=formulas, below={s["name"]: size(s["value"]) for s in trace.values()}
    )
    top.set_title("forward: what each node computes (above) and its size (below)")
    norms = {s["name"]: fixed(np.linalg.norm(s["derivative"])) for s in trace.values()}
    data = [trace[name]["name"] for name in ("X", "Y")]
    draw_graph(
        bottom, graph, backward=True,
        below={name: norm for name, norm in norms.items() if name not in data},
    )  # fmt: skip
    bottom.set_title("backward: Frobenius norm of each gradient (below); data have none")
    figures.save(figure, snakemake.output.graph)

    figure, axes = figures.new(2, 1, height=1.9, sharex=True, height_ratios=(4, 3))
    palette = ListedColormap(["#DDE3EA", "#B00020", "#0072B2"])
    for ax, name in zip(axes, ("V1", "V3"), strict=True):
        value = trace[name]["value"]
        ax.imshow(np.sign(value), cmap=palette, vmin=-1, vmax=1, aspect="auto",
                  extent=(0.5, value.shape[1] + 0.5, len(value) + 0.5, 0.5))  # fmt: skip
        ax.set_yticks(range(1, len(value) + 1))
        ax.set_ylabel(f"row of ${trace[name]['name']}$")
        ax.grid(False)
    axes[1].set_xlabel("data point $j$ (column)")
    labels = ("negative: off", "exactly zero", "positive: on")
    axes[0].legend(
        handles=[Patch(color=palette(i), label=label) for i, label in enumerate(labels)],
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3,
    )  # fmt: skip
    figures.save(figure, snakemake.output.activity)

    write_table(
        snakemake.output.rules,
        ["Node", "Size", "Value", "Gradient", "Norm of value", "Norm of gradient"],
        [
            [
                f"${s['name']}$",
                size(s["value"]),
                f"${s['expression']}$" if s["expression"] else "given",
                f"${s['derivative_name']} = {s['derivative_expression'] or 1}$",
                fixed(np.linalg.norm(s["value"])),
                fixed(np.linalg.norm(s["derivative"])),
            ]
            for s in (trace[name] for name in (*WEIGHTS, *NODES))
        ],
        align="lcllrr",
    )
    by_column(snakemake.output.given, "value", ("X", "Y"))
    by_column(snakemake.output.forward_hidden, "value", ("V1", "V2"))
    by_column(snakemake.output.forward_output, "value", ("V3", "V4", "V5", "D"))
    by_column(snakemake.output.backward_output, "derivative", ("D", "V5", "V4", "V3"))
    by_column(snakemake.output.backward_hidden, "derivative", ("V2", "V1"))

    gradients = {trace[name]["derivative_name"]: trace[name]["derivative"] for name in WEIGHTS}
    pytorch = {
        trace[name]["derivative_name"]: np.array(metrics["pytorch"]["float32"][name])
        for name in WEIGHTS
    }
    different = {name: np.round(pytorch[name], 4) != np.round(gradients[name], 4)
                 for name in gradients}  # fmt: skip
    by_row(snakemake.output.weights, {trace[n]["name"]: trace[n]["value"] for n in WEIGHTS}, {})
    by_row(snakemake.output.gradients, gradients, {})
    by_row(snakemake.output.pytorch, pytorch, different)
    write_table(
        snakemake.output.agreement,
        ["Gradient", "Entries", "float64", "float32", "float32 to float64", "Printed differently"],
        [
            [
                f"${trace[name]['derivative_name']}$",
                integer(entry["entries"]),
                scientific(entry["float64"]),
                scientific(entry["float32"]),
                scientific(entry["rounding"]),
                integer(entry["printed_differently"]),
            ]
            for name, entry in ((name, metrics["agreement"][name]) for name in (*WEIGHTS, *NODES))
        ],
    )
