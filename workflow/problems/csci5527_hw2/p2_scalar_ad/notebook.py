# %% [markdown]
# # CSCI 5527, homework set 2, problem 2
#
# Automatic differentiation, scalar version: value and derivatives of
#
# $$f(x_1, x_2, x_3) = \frac{1}{x_3} \left( x_1 x_2 \sin x_3 + e^{x_1 x_2} \right)$$
#
# at $(1, 1.5, 2)$ by the forward and the reverse mode. The whole implementation is below: a
# table of
# derivatives, the graph, dual numbers, the tape, and the trace that writes the tables. It needs
# NumPy
# (and matplotlib for the drawing); PyTorch is imported only at the end, to compare.
#
# ## The table of derivatives
#
# One row per operation: for each argument the linear map from its change to that of the result
# (`push`, for the
# forward mode) and its adjoint (`pull`, for the reverse mode), and how both are written.

# %%
# source: proofsheet.autodiff.primitives

# %% [markdown]
# ## The graph
#
# A node remembers the operation and the arguments that made it.

# %%
# source: proofsheet.autodiff.node

# %% [markdown]
# ## Forward mode: dual numbers

# %%
# source: proofsheet.autodiff.forward

# %% [markdown]
# ## Reverse mode: the tape

# %%
# source: proofsheet.autodiff.reverse

# %% [markdown]
# ## The trace: what was computed, line by line

# %%
# source: proofsheet.autodiff.trace

# %% [markdown]
# ## The drawing of the graph

# %%
# source: proofsheet.autodiff.drawing

# %% [markdown]
# ## (a) The computational graph

# %%
# source: problems.csci5527_hw2.p2_scalar_ad.derivations: POINT, f

# %%
import matplotlib.pyplot as plt
from IPython.display import Markdown, display

inputs = [Variable(x) for x in POINT]
output = f(*inputs)
backward(output)
reverse = reverse_trace(output)

_, axes = plt.subplots(figsize=(8, 4))
draw_graph(
    axes,
    {step.name: step.parents for step in reverse},
    above={step.name: f"${step.expression}$" for step in reverse if step.expression},
)
plt.show()

# %% [markdown]
# ## (b) Forward mode
#
# The seed $\dot x = (0, 1, 0)$ asks for $\partial / \partial x_2$.


# %%
def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    display(Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines)))


forward = forward_trace(f(*(Dual(x, dx) for x, dx in zip(POINT, (0, 1, 0), strict=True))))
table(
    ["node", "value", "tangent"],
    [
        [
            f"${step.name} = {step.expression}$" if step.expression else f"${step.name}$ (input)",
            f"${step.arithmetic}$ = {step.value:.4f}" if step.arithmetic else f"{step.value:.4f}",
            f"${step.derivative_name} = {step.derivative_expression}$ = {step.derivative:.4f}"
            if step.derivative_expression
            else f"${step.derivative_name}$ = {step.derivative:.4f} (seed)",
        ]
        for step in forward
    ],
)

# %% [markdown]
# ## (c) Reverse mode
#
# From the output to the inputs; a node that is used twice collects two contributions.

# %%
table(
    ["adjoint", "with numbers", "value"],
    [
        [
            f"${step.derivative_name} = {step.derivative_expression or 1}$",
            f"${step.derivative_arithmetic or 1}$",
            f"{step.derivative:.4f}",
        ]
        for step in reversed(reverse)
    ],
)

# %% [markdown]
# ## Against PyTorch

# %%
import torch

x = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in POINT]
y = (x[0] * x[1] * torch.sin(x[2]) + torch.exp(x[0] * x[1])) / x[2]
y.backward()
by_torch = np.array([v.grad.item() for v in x])
by_forward = forward_jacobian(f, *POINT)[0]
by_reverse = np.array([v.gradient for v in inputs])
print("forward ", by_forward)
print("reverse ", by_reverse)
print("PyTorch ", by_torch)
print("largest difference", np.abs([by_forward - by_torch, by_reverse - by_torch]).max())
assert np.allclose([by_forward, by_reverse], by_torch, rtol=0, atol=1e-12)
