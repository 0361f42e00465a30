# %% [markdown]
# # CSCI 5527, homework set 2, problem 2: automatic differentiation, scalar version
#
# Value and derivatives of
#
# $$f(x_1, x_2, x_3) = \frac{1}{x_3} \left( x_1 x_2 \sin x_3 + e^{x_1 x_2} \right)$$
#
# at $(1, 1.5, 2)$ by the forward and the reverse mode, with all intermediate values. Needs
# `pip install torch matplotlib`; PyTorch is only compared with.

# %%
import math

import matplotlib.pyplot as plt
import torch

POINT = (1.0, 1.5, 2.0)

# %% [markdown]
# ## (a) The computational graph
#
# One elementary operation per node. The same program runs on numbers, on dual numbers, on the
# nodes of a tape and on PyTorch's tensors.


# %%
def program(x1, x2, x3):
    """Every node v_{-2}, ..., v_6, in order of evaluation."""
    v = {-2: x1, -1: x2, 0: x3}
    v[1] = v[-2] * v[-1]
    v[2] = v[0].sin()
    v[3] = v[1] * v[2]
    v[4] = v[1].exp()
    v[5] = v[3] + v[4]
    v[6] = v[5] / v[0]
    return v


OPERATIONS = {
    -2: "$x_1$",
    -1: "$x_2$",
    0: "$x_3$",
    1: "$v_{-2} v_{-1}$",
    2: r"$\sin v_0$",
    3: "$v_1 v_2$",
    4: "$e^{v_1}$",
    5: "$v_3 + v_4$",
    6: "$v_5 / v_0$",
}
EDGES = [(-2, 1), (-1, 1), (0, 2), (1, 3), (2, 3), (1, 4), (3, 5), (4, 5), (5, 6), (0, 6)]
PLACES = {-2: (0, 0), -1: (0, 1), 0: (0, 2), 1: (1, 0.5), 2: (1, 2)}
PLACES |= {3: (2, 1.3), 4: (2, 0.3), 5: (3, 0.8), 6: (4, 1.4)}
print(f"graph.nodes = {len(OPERATIONS)}")
print(f"graph.edges = {len(EDGES)}")

figure, axes = plt.subplots(figsize=(9, 3.6))
for start, end in EDGES:
    bent = "arc3,rad=-0.35" if (start, end) == (0, 6) else "arc3"
    axes.annotate(
        "", PLACES[end], PLACES[start],
        arrowprops={"arrowstyle": "->", "shrinkA": 14, "shrinkB": 14, "connectionstyle": bent},
    )  # fmt: skip
for i, (x, y) in PLACES.items():
    axes.text(
        x, y, f"$v_{{{i}}}$", ha="center", va="center", bbox={"boxstyle": "circle", "fc": "w"}
    )
    axes.text(x, y + 0.3, OPERATIONS[i], ha="center", color="tab:blue")
axes.set(xlim=(-0.4, 4.4), ylim=(-0.5, 3))
axes.axis("off")
plt.show()

# %% [markdown]
# ## (b) Forward mode
#
# A dual number $v + \dot v \varepsilon$ with $\varepsilon^2 = 0$ carries its derivative along. The
# seed $(0, 1, 0)$ asks for $\partial / \partial x_2$.


# %%
class Dual:
    """v + v̇ε: a value with its tangent."""

    def __init__(self, value, tangent=0.0):
        self.value, self.tangent = value, tangent

    def __add__(self, other):
        return Dual(self.value + other.value, self.tangent + other.tangent)

    def __mul__(self, other):
        tangent = self.tangent * other.value + self.value * other.tangent
        return Dual(self.value * other.value, tangent)

    def __truediv__(self, other):
        value = self.value / other.value
        tangent = self.tangent / other.value - value / other.value * other.tangent
        return Dual(value, tangent)

    def sin(self):
        return Dual(math.sin(self.value), math.cos(self.value) * self.tangent)

    def exp(self):
        value = math.exp(self.value)
        return Dual(value, value * self.tangent)


def forward(seed):
    """All nodes, with their derivatives in the direction of the seed."""
    return program(*(Dual(x, dx) for x, dx in zip(POINT, seed, strict=True)))


nodes = forward((0.0, 1.0, 0.0))
print(" i       v_i   tangent")
for i, node in nodes.items():
    print(f"{i:2d} {node.value:9.4f} {node.tangent + 0.0:9.4f}")  # -0 becomes 0
print()
print(f"value = {nodes[6].value:.4f}")
print(f"forward.df_dx2 = {nodes[6].tangent:.4f}")

# %% [markdown]
# The gradient needs one sweep for each input:

# %%
seeds = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
by_forward = [forward(seed)[6].tangent for seed in seeds]
for k, derivative in enumerate(by_forward, 1):
    print(f"forward.df_dx{k} = {derivative:.4f}")

# %% [markdown]
# ## (c) Reverse mode
#
# A tape: each node remembers its arguments and the local derivatives. From the output to the
# inputs, every node passes $\bar v_i \, \partial v_i / \partial v_k$ to each argument $v_k$, and a
# node that is used twice adds up two contributions. One sweep gives all derivatives.


# %%
class Node:
    """A value, and what it was computed from: pairs of an argument and ∂(this)/∂(argument)."""

    def __init__(self, value, arguments=()):
        self.value, self.arguments, self.adjoint = value, arguments, 0.0

    def __add__(self, other):
        return Node(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Node(self.value * other.value, [(self, other.value), (other, self.value)])

    def __truediv__(self, other):
        value = self.value / other.value
        return Node(value, [(self, 1 / other.value), (other, -value / other.value)])

    def sin(self):
        return Node(math.sin(self.value), [(self, math.cos(self.value))])

    def exp(self):
        value = math.exp(self.value)
        return Node(value, [(self, value)])


tape = program(*map(Node, POINT))
tape[6].adjoint = 1.0
for i in reversed(tape):
    for argument, slope in tape[i].arguments:
        argument.adjoint += tape[i].adjoint * slope

print(" i       v_i   adjoint")
for i in reversed(tape):
    print(f"{i:2d} {tape[i].value:9.4f} {tape[i].adjoint:9.4f}")
print()
for k, i in enumerate((-2, -1, 0)):
    print(f"reverse.gradient.{k} = {tape[i].adjoint:.4f}")

# %% [markdown]
# Both modes give $\partial f / \partial x_2 = 2.6955$, and so does PyTorch:

# %%
x = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in POINT]
program(*x)[6].backward()
by_reverse, by_torch = [tape[i].adjoint for i in (-2, -1, 0)], [v.grad.item() for v in x]
for k, derivative in enumerate(by_torch):
    print(f"pytorch.gradient.{k} = {derivative:.4f}")
pairs = [*zip(by_forward, by_torch, strict=True), *zip(by_reverse, by_torch, strict=True)]
largest = max(abs(ours - theirs) for ours, theirs in pairs)
print(f"max_abs_difference = {largest:.1e}")
assert largest <= 1e-12
