# %% [markdown]
# # Problem 5: Convolutions
#
# The proofs are in the PDF. Here the statements are checked on small matrices, and layers of
# PyTorch are measured. Needs `pip install numpy torch matplotlib`.

# %%
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.nn.functional import avg_pool1d, conv1d, max_pool1d, pad, relu


def circulant(a):
    """C_a: first column a, each further column shifted by one."""
    i = np.arange(len(a))
    return np.asarray(a)[(i[:, None] - i) % len(a)]


def shift(n):
    """S: (Sx)_i = x_(i-1)."""
    return np.roll(np.eye(n, dtype=int), 1, axis=0)


print("S =", shift(4), "C_a =", circulant([1, 2, 3, 4]), sep="\n")

# %% [markdown]
# ## (a) Circulants commute with the shift
#
# $C_a S = S C_a$ for all $a$ with entries $-1, 0, 1$ and $n \le 7$.

# %%
for n in range(1, 8):
    S = shift(n)
    for a in product((-1, 0, 1), repeat=n):
        C = circulant(a)
        assert np.array_equal(C @ S, S @ C)

# %% [markdown]
# ## (b) Only circulants do
#
# Of all matrices with entries $-1, 0, 1$ ($n \le 3$) or $0, 1$ ($n = 4$), those that commute with
# $S$ are the circulants of their first columns, one for each first column.

# %%
tried = 0
for n, entries in ((1, (-1, 0, 1)), (2, (-1, 0, 1)), (3, (-1, 0, 1)), (4, (0, 1))):
    S = shift(n)
    matrices = np.array(list(product(entries, repeat=n * n))).reshape(-1, n, n)
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
C, i, S = circulant(kernel), np.arange(n), shift(n)
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
def convolution(weights, stride=1, mode="circular", bias=0.0):
    """PyTorch's convolution, padded to keep the size."""
    reach = len(weights) // 2
    return lambda x: (
        conv1d(pad(x[:, None], (reach, reach), mode), weights[None, None], stride=stride)[:, 0]
        + bias
    )


def max_pool(stride):
    """The larger of a sample and its right neighbor, around the circle."""
    return lambda x: max_pool1d(pad(x[:, None], (0, 1), "circular"), 2, stride)[:, 0]


def chain(*layers):
    """One layer after the other."""

    def composed(x):
        for layer in layers:
            x = layer(x)
        return x

    return composed


def mean(x):
    """Over all positions."""
    return avg_pool1d(x[:, None], x.shape[1])[:, 0]


x = torch.zeros(200, 32, dtype=torch.float64)
x[:, 12:20] = torch.tensor(rng.standard_normal((200, 8)))
w = torch.tensor(rng.standard_normal(5))
blur = torch.tensor([1, 4, 6, 4, 1], dtype=torch.float64) / 16
block = chain(convolution(w), relu, max_pool(2))
layers = {
    "circular": convolution(w),
    "relu": chain(convolution(w, bias=0.1), relu),
    "max_same": max_pool(1),
    "zeros": convolution(w, mode="constant"),
    "stride": convolution(w, stride=2),
    "max_pool": max_pool(2),
    "blur_pool": chain(max_pool(1), convolution(blur, stride=2)),
    "network": chain(block, block, block),
    "network_mean": chain(block, block, block, mean),
    "same_mean": chain(convolution(w), relu, convolution(w), relu, mean),
}
for name, layer in layers.items():
    y = layer(x)
    turned = torch.stack([torch.roll(y, j, 1) for j in range(y.shape[1])])
    errors = [
        ((layer(torch.roll(x, k, 1)) - turned).norm(dim=2).amin(dim=0) / y.norm(dim=1)).mean()
        for k in range(32)
    ]
    errors = torch.stack(errors)
    for k in (1, 2, 8):
        print(f"layers.{name}.shift_{k} = {errors[k].item():.3f}")
    print(f"layers.{name}.largest = {errors.max().item():.3f}")
    print(f"layers.{name}.followed =", int((errors < 1e-12).sum()))
