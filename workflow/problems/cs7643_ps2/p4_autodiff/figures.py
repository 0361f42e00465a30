"""CS 7643 PS 2, problem 4: the graph, and the tables of the four sweeps."""

from proofsheet import figures
from proofsheet.autodiff.drawing import draw_graph
from proofsheet.jobs import script
from proofsheet.jobs.atomic_files import read_json
from proofsheet.report.numbers import fixed, scientific
from proofsheet.report.tables import write_derivatives, write_table

with script.run(snakemake):
    metrics = read_json(snakemake.input.metrics)
    trace = read_json(snakemake.input.trace)
    forward, reverse = trace["forward"], trace["reverse"]
    nodes = forward[0]
    graph = {step["name"]: step["parents"] for step in nodes}
    inputs = [name for name, parents in graph.items() if not parents]
    outputs = [steps[-1]["name"] for steps in reverse]

    figure, axes = figures.new(height=3.6)
    formulas = {step["name"]: step["expression"] for step in nodes if step["parents"]}
    formulas |= {name: f"w_{k}" for k, name in enumerate(inputs, 1)}
    for k, name in enumerate(outputs, 1):
        formulas[name] += f" = f_{k}"
    formulas = {name: f"${formula}$" for name, formula in formulas.items()}
    values = {step["name"]: fixed(step["value"]) for step in nodes}
    draw_graph(
        axes, graph, above=formulas, below=values, colours=("#000000", "#000000"), row_distance=0.85
    )
    figures.save(figure, snakemake.output.graph)

    # A sweep is read in the order in which it runs.
    for k in (1, 2):
        write_derivatives(snakemake.output[f"tangents_{k}"], forward[k - 1])
        write_derivatives(snakemake.output[f"adjoints_{k}"], reverse[k - 1][::-1])

    jacobian, numerical = metrics["jacobian"], metrics["numerical"]
    write_table(
        snakemake.output.quotients,
        ["Derivative", "Central", "Error", "Predicted", "Forward", "Error", "Predicted"],
        [
            [
                rf"$\partial f_{i + 1} / \partial w_{j + 1}$",
                fixed(jacobian["numerical"][i][j], 6),
                scientific(numerical["central"]["errors"][i][j]),
                scientific(numerical["central"]["predicted_errors"][i][j]),
                fixed(jacobian["numerical_forward"][i][j], 6),
                scientific(numerical["forward"]["errors"][i][j]),
                scientific(numerical["forward"]["predicted_errors"][i][j]),
            ]
            for i in range(2)
            for j in range(2)
        ],
    )
