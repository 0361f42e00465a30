# %% [markdown]
# # CS 7643, problem set 2, problem 4: automatic differentiation
#
# Value and Jacobian at $(1, 2)$ of
#
# $$f_1 = \cos(w_1) \cos(w_2) + \sigma(w_2), \qquad f_2 = \ln(w_1 + w_2) + w_1^2 w_2$$
#
# by difference quotients, forward mode and reverse mode. The implementation is below; it needs
# NumPy (and matplotlib for the drawings). PyTorch and SymPy serve only to check it.
#
# ## The table of derivatives
#
# One row per operation: for each argument the linear map from its change to that of the result
# (`push`, for forward mode) and its adjoint (`pull`, for reverse mode).

# %%
# source: proofsheet.autodiff.primitives

# %% [markdown]
# ## The graph, the two modes and the trace

# %%
# source: proofsheet.autodiff.node
# source: proofsheet.autodiff.forward
# source: proofsheet.autodiff.reverse
# source: proofsheet.autodiff.trace
# source: proofsheet.autodiff.drawing

# %% [markdown]
# ## Difference quotients

# %%
# source: problems.cs7643_ps2.p4_autodiff.finite_differences

# %% [markdown]
# ## The formulas of the chapter and their checks

# %%
# source: proofsheet.checks
# source: problems.cs7643_ps2.p4_autodiff.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## (a) The graph and the value

# %%
import matplotlib.pyplot as plt
from IPython.display import Markdown, display

outputs = f(*(Variable(w) for w in POINT))
for node, name in names_of(tape(*outputs)).items():
    node.named(name)
backward(*outputs, seeds=[1.0, 1.0])
steps = reverse_trace(*outputs)
_, axes = plt.subplots(figsize=(8, 5.5))
draw_graph(
    axes,
    {step.name: step.parents for step in steps},
    above={step.name: f"${step.expression}$" for step in steps if step.expression},
)
plt.show()
print("f(1, 2) =", [float(y.value) for y in outputs])

# %% [markdown]
# ## (b) Numerically, $\Delta w = 0.01$

# %%
exact = np.array(closed_form_jacobian(*POINT))
for name, quotient in (("forward", forward_quotient), ("central", central_quotient)):
    jacobian = quotient(f, POINT, 0.01)
    print(f"{name} quotient:\n{jacobian}\n  largest error {np.abs(jacobian - exact).max():.2e}")

h = np.logspace(0, -15, 61)
for name, quotient in (("forward", forward_quotient), ("central", central_quotient)):
    plt.loglog(h, [np.abs(quotient(f, POINT, step) - exact).max() for step in h], ".", label=name)
plt.xlabel(r"$\Delta w$")
plt.ylabel("largest error")
plt.legend()
plt.show()


# %% [markdown]
# ## (c) Forward mode: one sweep per input, one column of the Jacobian each


# %%
def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    display(Markdown("\n".join("| " + " | ".join(line) + " |" for line in lines)))


def shown(step):
    formula = step.derivative_expression
    return [
        f"${step.derivative_name} = {formula}$" if formula else f"${step.derivative_name}$ (seed)",
        f"${step.derivative_arithmetic}$" if formula else "",
        f"{step.derivative:.4f}",
    ]


for seed in np.eye(2):
    duals = f(*(Dual(w, dw) for w, dw in zip(POINT, seed, strict=True)))
    table(["tangent", "with numbers", "value"], [shown(step) for step in forward_trace(*duals)])

# %% [markdown]
# ## (d) Reverse mode: one sweep per output, one row of the Jacobian each

# %%
for output in outputs:
    backward(output)
    table(
        ["adjoint", "with numbers", "value"],
        [shown(step) for step in reversed(reverse_trace(output))],
    )

# %% [markdown]
# ## Against PyTorch

# %%
ours = [forward_jacobian(f, *POINT), reverse_jacobian(f, *POINT)]
theirs = [torch_jacobian(POINT, "forward"), torch_jacobian(POINT, "reverse")]
for name, jacobian in zip(("forward", "reverse", "jacfwd", "jacrev"), ours + theirs, strict=True):
    print(f"{name}\n{jacobian}")
largest = max(np.abs(a - b).max() for a in ours for b in theirs)
print("largest difference", largest)
assert largest <= 1e-12
