# %% [markdown]
# # CSCI 5527, homework set 2, problem 3
#
# Automatic differentiation in deep networks: value and gradient of every node of
#
# $$f(W_1, W_2, W_3) = \tfrac{1}{2} \lVert Y - W_3\, \sigma(W_2\, \sigma(W_1 X)) \rVert_F^2$$
#
# by reverse mode on matrices. The implementation is below and needs only NumPy; PyTorch draws
# the given matrices and
# is compared with at the end.
#
# ## The table of derivatives
#
# One row per operation: for each argument the linear map from its change to that of the result
# (`push`) and the adjoint
# of that map (`pull`). The pull is the rule $\nabla_{V_i} f = \nabla_{V_i} \langle V_j, V_j.g
# \rangle$.

# %%
# source: proofsheet.autodiff.primitives

# %% [markdown]
# ## The graph and the tape

# %%
# source: proofsheet.autodiff.node

# %%
# source: proofsheet.autodiff.forward: as_sequence, flat

# %%
# source: proofsheet.autodiff.reverse

# %% [markdown]
# ## The given matrices and the network

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: SEED, SHAPES, given_matrices, float64

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: latex, network

# %% [markdown]
# ## (a) Forward pass
#
# The matrices are drawn in float32 and then carried in float64. One column per data point; all
# values to four decimals.

# %%
np.set_printoptions(formatter={"float": "{:9.4f}".format}, linewidth=120, threshold=10_000)
drawn = given_matrices()
nodes = network(float64(drawn))
for name, node in nodes.items():
    print(f"{name}.v  {node.shape}\n{node.value}\n")

# %% [markdown]
# ## (b) Backward pass

# %%
backward(nodes["z"])
data = ("X", "Y")  # constants of the problem: no gradient is asked for
for name, node in reversed(nodes.items()):
    if name not in data:
        print(f"{name}.g  {node.shape}\n{node.gradient}\n")

# %% [markdown]
# ## (c) PyTorch's autograd
#
# In float64 every gradient is the same up to rounding. In float32, PyTorch's default, the
# fourth decimal of a few entries
# differs by one: that is the precision of float32 at numbers of this size.

# %%
# source: problems.csci5527_hw2.p3_matrix_ad.derivations: torch_pass

# %%
_, in_float64 = torch_pass(float64(drawn))
_, in_float32 = torch_pass(drawn)
for name, node in nodes.items():
    difference = np.abs(node.gradient - in_float64[name]).max()
    single = np.abs(node.gradient - in_float32[name]).max()
    print(f"{name:3} largest difference: float64 {difference:.1e}, float32 {single:.1e}")
    assert difference <= 1e-12
for name in ("W1", "W2", "W3"):
    print(f"\n{name}.g by PyTorch in float32\n{in_float32[name]}")
