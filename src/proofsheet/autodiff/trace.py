"""What a computation did, one line per node: the tables that one would write by hand.

A row of the primitives' table carries its formulas, with holes for the arguments. Filled with
names they are the steps, filled with numbers they are the arithmetic of those steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proofsheet.autodiff.forward import Dual
from proofsheet.autodiff.node import Node, tape
from proofsheet.autodiff.reverse import Variable

# How a derivative arrives at a node: formula, operation that fills its holes, node it comes from.
Term = tuple[str, Node, Node]


@dataclass(frozen=True)
class Step:
    """One node: formulas in LaTeX, with names and, for scalars, with numbers to four decimals.

    `expression` and `arithmetic` say how the value came about (empty for an input),
    `derivative_expression` and `derivative_arithmetic` the tangent or the gradient (empty where
    it is given, at an input of forward mode and at the output of reverse mode).
    """

    name: str
    parents: tuple[str, ...]
    value: Any
    expression: str
    arithmetic: str
    derivative_name: str
    derivative: Any
    derivative_expression: str
    derivative_arithmetic: str


def forward_trace(*outputs: Dual, notation: str = r"\dot{{{base}}}{index}") -> list[Step]:
    """Values and tangents of all nodes, in order of evaluation.

    Args:
        outputs: dual numbers.
        notation: of a tangent, from the node's name before and after the underscore.
    """
    nodes = tape(*outputs)
    terms = {node: [(d.pushed, node, parent) for parent, d in node.edges()] for node in nodes}
    return _steps(nodes, terms, {node: node.tangent for node in nodes}, notation)


def reverse_trace(*outputs: Variable, notation: str = r"\bar{{{base}}}{index}") -> list[Step]:
    """Values and gradients of all nodes after `backward`, in order of evaluation."""
    nodes = tape(*outputs)
    if any(node.gradient is None for node in nodes):
        raise ValueError("no gradients yet: call backward on these outputs first")
    terms: dict[Node, list[Term]] = {node: [] for node in nodes}
    for node in nodes:
        for parent, d in node.edges():
            terms[parent].append((d.pulled, node, node))
    return _steps(nodes, terms, {node: node.gradient for node in nodes}, notation)


def names_of(nodes: Sequence[Node]) -> dict[Any, str]:
    """Names as in textbooks: n inputs v₁₋ₙ … v₀, then v₁, v₂, …; given names stay."""
    inputs = [node for node in nodes if node.primitive is None and not node.name]
    others = [node for node in nodes if node.primitive is not None and not node.name]
    names = {node: node.name for node in nodes if node.name}
    names |= {node: f"v_{{{i}}}" for i, node in enumerate(inputs, 1 - len(inputs))}
    return names | {node: f"v_{{{i}}}" for i, node in enumerate(others, 1)}


def contract(steps: Iterable[Step], keep: Iterable[str]) -> list[Step]:
    """The graph of only some of the nodes: paths through the others become edges.

    A step whose parents change loses its formulas, which name nodes that are gone.
    """
    keep, ancestors, kept = set(keep), {}, []
    for step in steps:
        through = [
            name
            for parent in step.parents
            for name in ([parent] if parent in keep else ancestors[parent])
        ]
        ancestors[step.name] = tuple(dict.fromkeys(through))
        if step.name in keep:
            same = ancestors[step.name] == tuple(dict.fromkeys(step.parents))
            bare = replace(step, parents=ancestors[step.name], expression="", arithmetic="")
            kept.append(step if same else bare)
    return kept


def four_decimals(x: Any) -> str:
    """A number as a factor in a formula: negative ones in parentheses, never −0."""
    text = f"{float(x):.4f}"
    if float(text) == 0:
        return "0.0000"
    return f"({text})" if text.startswith("-") else text


def _steps(
    nodes: Sequence[Node],
    terms: dict[Node, list[Term]],
    derivatives: dict[Node, Any],
    notation: str,
) -> list[Step]:
    names = names_of(nodes)

    def derivative_name(node: Node) -> str:
        base, underscore, index = names[node].partition("_")
        return notation.format(base=base, index=underscore + index)

    def number(node: Node) -> str:
        return four_decimals(node.value)

    def number_of_derivative(node: Node) -> str:
        return four_decimals(derivatives[node])

    def fill(template: str, operation: Node, text: Any, **holes: str) -> str:
        """The formula with `text(node)` for every node that takes part in the operation."""
        arguments = [text(a) if isinstance(a, Node) else f"{a}" for a in operation.arguments]
        dot = r"\cdot" if operation.value.ndim == 0 else r"\odot"
        return template.format(*arguments, y=text(operation), dot=dot, **holes)

    def derivative(node: Node, text: Any, text_of_derivative: Any) -> str:
        """Sum over the edges through which the derivative arrives."""
        filled = []
        for template, operation, giver in terms[node]:
            given = text_of_derivative(giver)
            # The gradient of an argument that was broadcast is summed over the copies.
            fold = "" if node.shape == operation.shape else r"\sum "
            filled.append(fill(template, operation, text, t=given, g=given, sum=fold))
        return " + ".join(filled).replace("+ -", "- ")

    # Numbers stand in for the symbols only where every one of them is a scalar.
    scalar = all(node.value.ndim == 0 for node in nodes)
    return [
        Step(
            name=names[node],
            parents=tuple(names[parent] for parent, _ in node.edges()),
            value=node.value,
            expression=fill(node.primitive.notation, node, names.get) if node.primitive else "",
            arithmetic=fill(node.primitive.notation, node, number)
            if node.primitive and scalar
            else "",
            derivative_name=derivative_name(node),
            derivative=np.asarray(derivatives[node]),
            derivative_expression=derivative(node, names.get, derivative_name),
            derivative_arithmetic=derivative(node, number, number_of_derivative) if scalar else "",
        )
        for node in nodes
    ]
