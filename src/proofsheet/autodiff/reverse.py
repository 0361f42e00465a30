"""Reverse mode: record the computation, then walk it back.

v̄ = ∂f/∂v is known at the output (1). Every node hands to each parent its own gradient, pulled
back through the derivative on that edge; a parent adds up what its children send. One sweep
gives one row of the Jacobian: the whole gradient of a scalar, at the price of one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from proofsheet.autodiff.forward import as_sequence, flat
from proofsheet.autodiff.node import Node, plain, tape


class Variable(Node):
    """A value on the tape; `backward` gives it a `gradient` of the same shape."""

    gradient: np.ndarray | None = None


def backward(*outputs: Variable, seeds: Sequence[Any] | None = None) -> None:
    """Set the gradient of Σₖ ⟨seedₖ, outputₖ⟩ on every node that the outputs depend on.

    Args:
        outputs: one scalar, unless there are seeds.
        seeds: one per output, of its shape: the gradient that the output starts with.

    Gradients of an earlier call are forgotten, not added to.
    """
    if seeds is None:
        if len(outputs) != 1 or outputs[0].value.size != 1:
            raise ValueError("only a single scalar has a gradient; several numbers need seeds")
        seeds = [1.0]
    nodes = tape(*outputs)
    for node in nodes:
        node.gradient = np.zeros_like(node.value)
    for output, seed in zip(outputs, seeds, strict=True):
        output.gradient = output.gradient + np.asarray(seed, output.value.dtype)
    for node in reversed(nodes):
        for parent, derivative in node.edges():
            pulled = derivative.pull(node.gradient, node.value, *plain(node.arguments))
            parent.gradient = parent.gradient + pulled


def gradient(f: Callable[..., Any], *inputs: Any) -> list[np.ndarray]:
    """Gradient of a scalar function: one array per input, of its shape."""
    variables = [Variable(x) for x in inputs]
    output = f(*variables)
    if isinstance(output, Variable):
        backward(output)
    return [_gradient_of(variable) for variable in variables]


def reverse_jacobian(f: Callable[..., Any], *inputs: Any) -> np.ndarray:
    """Jacobian (entries of the outputs × entries of the inputs): one sweep per row."""
    variables = [Variable(x) for x in inputs]
    outputs = [y if isinstance(y, Variable) else Variable(y) for y in as_sequence(f(*variables))]
    rows = []
    for k, output in enumerate(outputs):
        for unit in np.eye(output.value.size).reshape(-1, *output.shape):
            seeds = [unit if i == k else np.zeros_like(y.value) for i, y in enumerate(outputs)]
            backward(*outputs, seeds=seeds)
            rows.append(flat([_gradient_of(variable) for variable in variables]))
    return np.stack(rows)


def _gradient_of(variable: Variable) -> np.ndarray:
    """An input that no output depends on was never visited: zero."""
    return np.zeros_like(variable.value) if variable.gradient is None else variable.gradient
