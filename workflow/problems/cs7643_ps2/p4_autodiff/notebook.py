# %% [markdown]
# # Problem 4: Automatic differentiation
#
# $$f_1 = \cos(w_1) \cos(w_2) + \sigma(w_2), \qquad f_2 = \ln(w_1 + w_2) + w_1^2 w_2$$
#
# at $(w_1, w_2) = (1, 2)$: value, and Jacobian by difference quotients, forward mode and backward
# mode. Both modes are written here from scratch; PyTorch checks them. Needs
# `pip install numpy torch`.

# %%
import math
import warnings

import numpy as np
import torch

warnings.filterwarnings("ignore", message=".*torch.jit.script")  # inside PyTorch's forward mode
POINT = (1.0, 2.0)


def sigmoid(w):
    """1 / (1 + exp(-w))."""
    return 1 / (1 + math.exp(-w))


# %% [markdown]
# ## (a) The graph and the value
#
# One elementary operation per line. The PDF draws the graph.


# %%
def plain(function, x):
    """An elementary function of a number."""
    return function(x)


def program(w1, w2, apply=plain):
    """The nodes v1 to v10 in any arithmetic; `apply` evaluates an elementary function in it."""
    v1 = apply(math.cos, w1)
    v2 = apply(math.cos, w2)
    v3 = v1 * v2
    v4 = apply(sigmoid, w2)
    v5 = v3 + v4
    v6 = w1 + w2
    v7 = apply(math.log, v6)
    v8 = w1 * w1
    v9 = v8 * w2
    v10 = v7 + v9
    return v1, v2, v3, v4, v5, v6, v7, v8, v9, v10


def f(w1, w2, apply=plain):
    """The two outputs, f1 = v5 and f2 = v10."""
    v = program(w1, w2, apply)
    return np.array([v[4], v[9]])


def show(name, jacobian):
    """The entries of a Jacobian, by output and input."""
    for (i, j), entry in np.ndenumerate(jacobian):
        print(f"{name}.{i}.{j} = {entry:.6f}")


print({f"v{k}": round(value, 4) for k, value in enumerate(program(*POINT), 1)})
for i, value in enumerate(f(*POINT)):
    print(f"value.{i} = {value:.6f}")

# %% [markdown]
# ## (b) Numerical differentiation, $\Delta w = 0.01$
#
# The central quotient $(f(w + h e_j) - f(w - h e_j)) / 2h$ errs by $O(h^2)$, the forward quotient
# $(f(w + h e_j) - f(w)) / h$ by $O(h)$. The answer is the central one.

# %%
h, (w1, w2) = 0.01, POINT
here, ahead = f(w1, w2), (f(w1 + h, w2), f(w1, w2 + h))
behind = (f(w1 - h, w2), f(w1, w2 - h))
central = np.stack([(a - b) / (2 * h) for a, b in zip(ahead, behind, strict=True)], axis=1)
forward_quotient = np.stack([(a - here) / h for a in ahead], axis=1)
show("jacobian.numerical", central)
show("jacobian.numerical_forward", forward_quotient)

# %% [markdown]
# ## (c) Forward mode
#
# A dual number carries the value $v_i$ and its derivative $\dot v_i$ in the direction $\dot w$. One
# sweep with $\dot w = e_j$ gives column $j$ of the Jacobian.


# %%
class Dual:
    """A value and its derivative in one direction."""

    def __init__(self, value, tangent=0.0):
        self.value, self.tangent = value, tangent

    def __add__(self, other):
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        return Dual(
            self.value * other.value, self.tangent * other.value + self.value * other.tangent
        )


DERIVATIVES = {
    math.cos: lambda x, y: -math.sin(x),
    math.log: lambda x, y: 1 / x,
    sigmoid: lambda x, y: y * (1 - y),
}


def dual(function, x):
    """An elementary function of a dual number, by the chain rule."""
    y = function(x.value)
    return Dual(y, DERIVATIVES[function](x.value, y) * x.tangent)


columns = [
    [y.tangent for y in f(Dual(POINT[0], seed[0]), Dual(POINT[1], seed[1]), dual)]
    for seed in ((1.0, 0.0), (0.0, 1.0))
]
forward = np.array(columns).T
show("jacobian.forward", forward)

# %% [markdown]
# ## (d) Backward mode
#
# Every operation records its arguments with the local derivatives. From the output to the inputs,
# each node passes its adjoint, times the local derivative, on to its arguments. One sweep gives a
# row of the Jacobian.


# %%
class Node:
    """A value, and the arguments that it was computed from with the local derivatives."""

    def __init__(self, value, arguments=()):
        self.value, self.arguments, self.adjoint = value, arguments, 0.0

    def __add__(self, other):
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))


def recorded(function, x):
    """An elementary function of a node."""
    y = function(x.value)
    return Node(y, ((x, DERIVATIVES[function](x.value, y)),))


def backward(output):
    """Set the adjoint of every node that the output depends on."""
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for argument, _ in node.arguments:
                visit(argument)
            order.append(node)

    visit(output)
    for node in order:
        node.adjoint = 0.0
    output.adjoint = 1.0
    for node in reversed(order):
        for argument, derivative in node.arguments:
            argument.adjoint += derivative * node.adjoint


w1, w2 = Node(POINT[0]), Node(POINT[1])
rows = []
for output in f(w1, w2, recorded):
    backward(output)
    rows.append([w1.adjoint, w2.adjoint])
reverse = np.array(rows)
show("jacobian.reverse", reverse)

# %% [markdown]
# ## (e) Software
#
# PyTorch agrees in both modes.

# %%
# source: problems.cs7643_ps2.p4_autodiff.derivations: torch_jacobian

# %%
for name in ("jacfwd", "jacrev"):
    theirs = torch_jacobian(getattr(torch.func, name), POINT)
    show(f"jacobian.{name}", theirs)
    assert max(np.abs(forward - theirs).max(), np.abs(reverse - theirs).max()) < 1e-12
