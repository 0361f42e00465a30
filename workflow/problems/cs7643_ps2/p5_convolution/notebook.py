# %% [markdown]
# # Problem 5: Convolutions
#
# The proofs are in the PDF. Here the statements are checked on small matrices, and layers of
# PyTorch are measured. Needs `pip install numpy torch matplotlib`.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

# %%
# source: problems.cs7643_ps2.p5_convolution.circulants: shift_matrix, circulant
# source: problems.cs7643_ps2.p5_convolution.derivations: SMALL_MATRICES, vectors

# %%
print("S =", shift_matrix(4), "C_a =", circulant([1, 2, 3, 4]), sep="\n")

# %% [markdown]
# ## (a) Circulants commute with the shift
#
# $C_a S = S C_a$ for all $a$ with entries $-1, 0, 1$ and $n \le 7$.

# %%
for n in range(1, 8):
    S = shift_matrix(n)
    for a in vectors(n):
        C = circulant(a)
        assert np.array_equal(C @ S, S @ C)

# %% [markdown]
# ## (b) Only circulants do
#
# Of all matrices with entries $-1, 0, 1$ ($n \le 3$) or $0, 1$ ($n = 4$), those that commute with
# $S$ are the circulants of their first columns, one for each first column.

# %%
tried = 0
for n, entries in SMALL_MATRICES:
    S = shift_matrix(n)
    matrices = np.array(list(vectors(n * n, entries))).reshape(-1, n, n)
    commuting = matrices[np.all(matrices @ S == S @ matrices, axis=(1, 2))]
    assert all(np.array_equal(L, circulant(L[:, 0])) for L in commuting)
    assert len(commuting) == len(entries) ** n
    tried += len(matrices)
print(f"small_matrices = {tried:,}")

# %% [markdown]
# ## (c) What this says about architectures
#
# A linear layer that treats every position alike is a convolution: convolve along every axis along
# which the data mean the same everywhere, and average over positions at the end if the answer
# should not depend on them. Real networks keep only part of the equivariance: zero padding breaks
# it at the border, stride and pooling leave only shifts by their multiples.

# %%
rng = np.random.default_rng(0)
n = 12
kernel = np.zeros(n)
kernel[[-1, 0, 1]] = 0.3, 1.0, -0.6
C, i, S = circulant(kernel), np.arange(n), shift_matrix(n)
maps = {
    "circulant": C,
    "zero padding": np.where(np.abs(i[:, None] - i) <= 1, C, 0),
    "stride 2": np.where(i[:, None] % 2 == 0, C, 0),
    "dense": rng.standard_normal((n, n)) / 2,
}
figure, axes = plt.subplots(2, 4, figsize=(9, 4.5))
for column, (name, L) in zip(axes.T, maps.items(), strict=True):
    for axis, matrix in zip(column, (L, L @ S - S @ L), strict=True):
        axis.imshow(matrix, cmap="RdBu_r", vmin=-np.abs(L).max(), vmax=np.abs(L).max())
        axis.set(xticks=[], yticks=[])
    column[0].set_title(name)
axes[0, 0].set_ylabel("L")
axes[1, 0].set_ylabel("LS - SL")
plt.show()

# %% [markdown]
# The error of a shift by $k$ is the smallest
# $\lVert f(S^k x) - S^j f(x) \rVert / \lVert f(x) \rVert$ over $j$, averaged over random bumps in
# the middle of a circle of 32 samples.

# %%
# source: problems.cs7643_ps2.p5_convolution.equivariance

# %%
x = torch.zeros(200, 32, dtype=torch.float64)
x[:, 12:20] = torch.tensor(rng.standard_normal((200, 8)))
for name, layer in layers_of_networks(torch.tensor(rng.standard_normal(5))).items():
    errors = equivariance_errors(layer, x).mean(dim=0)
    for k in (1, 2, 8):
        print(f"layers.{name}.shift_{k} = {errors[k].item():.3f}")
    print(f"layers.{name}.largest = {errors.max().item():.3f}")
    print(f"layers.{name}.followed =", int((errors < 1e-12).sum()))
