"""CSCI 5527 HW 2, problem 2: the graph, the two sweeps on it, and the tables of their steps."""

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json
from proofsheet.report.numbers import fixed
from proofsheet.report.tables import write_derivatives, write_table

with script.run(snakemake):
    trace = read_json(snakemake.input.trace)
    forward, reverse = trace["forward"], trace["reverse"]
    graph = {step["name"]: step["parents"] for step in forward}
    inputs = [step["name"] for step in forward if not step["parents"]]

    figure, axes = figures.new(height=2.7)
    formulas = {step["name"]: f"${step['expression']}$" for step in forward if step["parents"]}
    formulas |= {name: f"$x_{k}$" for k, name in enumerate(inputs, 1)}
    formulas[forward[-1]["name"]] += " $= f$"
    draw_graph(axes, graph, above=formulas, colours=("#000000", "#000000"), row_distance=0.85)
    figures.save(figure, snakemake.output.graph)

    figure, (top, bottom) = figures.new(2, 1, height=5.0)
    values = {step["name"]: fixed(step["value"]) for step in forward}
    for axes, steps, title in (
        (top, forward, r"forward: values $v_i$ (above) and tangents $\dot{v}_i$ (below)"),
        (bottom, reverse, r"reverse: values $v_i$ (above) and adjoints $\bar{v}_i$ (below)"),
    ):
        derivatives = {step["name"]: fixed(step["derivative"]) for step in steps}
        draw_graph(
            axes, graph, above=values, below=derivatives, row_distance=0.9,
            backward=axes is bottom,
        )  # fmt: skip
        axes.set_title(title)
    figures.save(figure, snakemake.output.sweeps)

    write_table(
        snakemake.output.values,
        ["Node", "Formula", "With numbers", "Value"],
        [
            [
                f"${step['name']}$",
                f"${step['expression']}$" if step["parents"] else f"$x_{k}$",
                f"${step['arithmetic']}$" if step["parents"] else "given",
                fixed(step["value"]),
            ]
            for k, step in enumerate(forward, 1)
        ],
        align="lllr",
    )
    write_derivatives(snakemake.output.tangents, forward)
    write_derivatives(snakemake.output.adjoints, reverse[::-1])
