# %% [markdown]
# # CSCI 5527, homework set 2, problem 3: automatic differentiation in deep networks
#
# Value and gradient of every node of
#
# $$f(W_1, W_2, W_3) = \tfrac{1}{2} \lVert Y - W_3\, \sigma(W_2\, \sigma(W_1 X)) \rVert_F^2$$
#
# by reverse mode on matrices. Needs `pip install numpy torch`; PyTorch draws the matrices and is
# compared with in (c).

# %%
import numpy as np

# %% [markdown]
# ## The given matrices
#
# Drawn with the seed of the text, in the order of the text, in float32; the same numbers are then
# carried in float64.

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: SEED, SHAPES, given_matrices
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: float64

# %%
drawn = given_matrices()
given = float64(drawn)


def show(matrices, field):
    """Every entry, to four decimals; wide matrices are transposed, one row per data point."""
    np.set_printoptions(formatter={"float": "{:9.4f}".format}, linewidth=120, threshold=10_000)
    for name, matrix in matrices.items():
        wide = matrix.ndim == 2 and matrix.shape[1] == 50
        print(f"{name}.{field}{' transposed' if wide else ''}, {matrix.shape}")
        print(matrix.T if wide else matrix, end="\n\n")


show({name: given[name] for name in ("W1", "W2", "W3")}, "v")

# %% [markdown]
# ## (a) Forward pass
#
# Every right-hand side uses only earlier nodes.

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: forward_pass

# %%
v = forward_pass(given)
print(f"loss = {v['z']:.4f}")
show({name: v[name] for name in ("V1", "V2", "V3", "V4", "V5", "D")}, "v")

# %% [markdown]
# ## (b) Backward pass
#
# From $z.g = 1$ back to $W_1$: each line is $\nabla_{V_i} \langle V_j, V_j.g \rangle$ with $V_j.g$
# held fixed. For a product $V_j = W V_i$ this is $V_i.g = W^\top V_j.g$ and
# $W.g = V_j.g\, V_i^\top$; for the ReLU it is a mask. The data $X$ and $Y$ are constants; their
# lines are not used.

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: backward_pass

# %%
g = backward_pass(v)
NODES = ("D", "V5", "W3", "V4", "V3", "W2", "V2", "V1", "W1")
show({name: g[name] for name in NODES}, "g")
for name in ("W1", "W2", "W3"):
    for (i, j), entry in np.ndenumerate(g[name]):
        print(f"gradients.{name}.{i}.{j} = {entry:.4f}")

# %% [markdown]
# One column of $V_3$ is exactly zero, where the ReLU has no derivative: all four units of the first
# layer are off there. PyTorch and we take 0; the gradients of the weights do not depend on it.

# %%
off = np.all(v["V1"] <= 0, axis=0)
print(f"kink.dead_columns = {off.sum()}")
print(f"kink.zeros_in_v3 = {(v['V3'] == 0).sum()}")
for at_zero in (0.5, 1.0):
    other = backward_pass(v, at_zero)
    assert all(np.array_equal(other[name], g[name]) for name in ("W1", "W2", "W3"))

# %% [markdown]
# ## (c) PyTorch's autograd

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: torch_pass

# %%
_, by_torch = torch_pass(given)
for name in ("W1", "W2", "W3"):
    print(f"{name}.g by PyTorch\n{by_torch[name]}\n")
largest = max(np.abs(g[name] - by_torch[name]).max() for name in by_torch)
print(f"max_abs_difference = {largest:.1e}")
assert largest <= 1e-12

# %% [markdown]
# Yes, they agree: the gradients reach several hundred, and the largest difference over all nodes is
# a rounding error of float64.
#
# In float32, PyTorch's default, the fourth decimal of a few entries differs by one:

# %%
_, single = torch_pass(drawn)
differ = sum((np.round(g[k], 4) != np.round(np.float64(single[k]), 4)).sum() for k in NODES)
print(f"float32.printed_differently = {differ}")
