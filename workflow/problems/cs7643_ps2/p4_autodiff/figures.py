"""CS 7643 PS 2, problem 4: the graph, the four sweeps on it, and the tables of their steps."""

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_arrays, read_json
from proofsheet.report.numbers import fixed, scientific
from proofsheet.report.tables import write_table

ENTRIES = [(i, j) for i in range(2) for j in range(2)]


def entry(i: int, j: int) -> str:
    return rf"$\partial f_{i + 1} / \partial w_{j + 1}$"


def cell(formula: str) -> str:
    """In dollars; the derivative of a square has an exponent of 1, which is not written."""
    return f"${formula.replace('^{2 - 1}', '')}$" if formula else ""


with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    arrays = read_arrays(snakemake.input.arrays)
    trace = read_json(snakemake.input.trace)
    forward, reverse = trace["forward"], trace["reverse"]
    nodes = forward[0]
    graph = {step["name"]: step["parents"] for step in nodes}
    inputs = [name for name, parents in graph.items() if not parents]
    outputs = [steps[-1]["name"] for steps in reverse]

    figure, axes = figures.new(height=3.9)
    formulas = {step["name"]: f"${step['expression']}$" for step in nodes if step["parents"]}
    formulas |= {name: f"$w_{k}$" for k, name in enumerate(inputs, 1)}
    for k, name in enumerate(outputs, 1):
        formulas[name] += f" $= f_{k}$"
    draw_graph(axes, graph, above=formulas, colours=("#000000", "#000000"), row_distance=0.72)
    figures.save(figure, snakemake.output.graph)

    # Four sweeps: two columns of the Jacobian, two rows. A sweep from one output is drawn on its
    # part of the graph only.
    values = {step["name"]: fixed(step["value"]) for step in nodes}
    for path, sweeps, title, height in (
        (snakemake.output.forward_sweeps, forward, r"seed $\dot{{w}} = e_{k}$", 4.2),
        (snakemake.output.reverse_sweeps, reverse, r"seed at $f_{k}$", 2.4),
    ):
        figure, axes = figures.new(1, 2, height=height)
        for k, (axis, steps) in enumerate(zip(axes, sweeps, strict=True), 1):
            draw_graph(
                axis,
                {step["name"]: step["parents"] for step in steps},
                above=values,
                below={step["name"]: fixed(step["derivative"]) for step in steps},
                row_distance=0.95,
                radius=0.22,
                backward=sweeps is reverse,
                aside=True,
            )
            axis.set_title(title.format(k=k))
        figures.save(figure, path)

    figure, axis = figures.new(width=0.75, height=2.7)
    for name, colour, marker in (
        ("forward", figures.COLOURS[0], "o"),
        ("central", figures.COLOURS[1], "s"),
    ):
        order = {"forward": 1, "central": 2}[name]
        axis.loglog(arrays["steps"], arrays[name], marker, color=colour, ls="", label=name)
        shown = arrays[f"{name}_predicted"] > 1e-12
        axis.loglog(
            arrays["steps"][shown], arrays[f"{name}_predicted"][shown], color=colour, ls="-",
            lw=0.9, label=f"first Taylor term, slope {order}",
        )  # fmt: skip
    axis.axvline(metrics["numerical"]["step"], color="black", ls=":", lw=0.9)
    axis.annotate(
        "$\\Delta w$ of\nthe text", (metrics["numerical"]["step"], 3e-12), (4, 0),
        textcoords="offset points", ha="left", fontsize=8,
    )  # fmt: skip
    axis.set(xlabel=r"step $\Delta w$", ylabel="largest error of the Jacobian", ylim=(1e-12, 1e4))
    axis.legend(loc="upper left", ncols=2, columnspacing=1.2, fontsize=7.5)
    figures.save(figure, snakemake.output.errors)

    write_table(
        snakemake.output.values,
        ["Node", "Formula", "With numbers", "Value"],
        [
            [
                f"${step['name']}$",
                f"${step['expression']}$" if step["parents"] else f"$w_{k}$",
                f"${step['arithmetic']}$" if step["parents"] else "given",
                fixed(step["value"]),
            ]
            for k, step in enumerate(nodes, 1)
        ],
        align="lllr",
    )

    # A sweep is read in the order in which it runs.
    for path, steps in (
        (snakemake.output.tangents_1, forward[0]),
        (snakemake.output.tangents_2, forward[1]),
        (snakemake.output.adjoints_1, reverse[0][::-1]),
        (snakemake.output.adjoints_2, reverse[1][::-1]),
    ):
        write_table(
            path,
            ["Derivative", "Formula", "With numbers", "Value"],
            [
                [
                    f"${step['derivative_name']}$",
                    cell(step["derivative_expression"]),
                    cell(step["derivative_arithmetic"]) or "seed",
                    fixed(step["derivative"]),
                ]
                for step in steps
            ],
            align="lllr",
        )

    jacobian, numerical = metrics["jacobian"], metrics["numerical"]
    write_table(
        snakemake.output.quotients,
        ["Derivative", "Central", "Error", "Predicted", "Forward", "Error", "Predicted"],
        [
            [
                entry(i, j),
                fixed(jacobian["numerical"][i][j], 6),
                scientific(numerical["central"]["errors"][i][j]),
                scientific(numerical["central"]["predicted_errors"][i][j]),
                fixed(jacobian["numerical_forward"][i][j], 6),
                scientific(numerical["forward"]["errors"][i][j]),
                scientific(numerical["forward"]["predicted_errors"][i][j]),
            ]
            for i, j in ENTRIES
        ],
    )
    ways = ("numerical", "forward", "reverse", "closed_form", "jacfwd", "jacrev")
    write_table(
        snakemake.output.agreement,
        ["Derivative", "Numerical", "Forward mode", "Reverse mode", "Closed form", "`jacfwd`",
         "`jacrev`"],
        [[entry(i, j), *(fixed(jacobian[way][i][j], 6) for way in ways)] for i, j in ENTRIES],
    )  # fmt: skip
