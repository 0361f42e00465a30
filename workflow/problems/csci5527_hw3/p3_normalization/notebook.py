# %% [markdown]
# # CSCI 5527, homework 3, problem 3: the normalization zoo
#
# Needs `pip install numpy torch matplotlib`; takes about ten seconds on one CPU core.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0
torch.set_num_threads(1)

# %% [markdown]
# ## The implementation
#
# Batch, layer and instance norm are one function over different axes:
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}$$
#
# with the mean $\mu$ and the variance $\sigma^2$ of a slice, divided by its number of elements as
# in PyTorch. For a tensor $(N, C, H, W)$, batch norm averages over $N, H, W$, layer norm over $C,
# H, W$, and instance norm over $H, W$.

# %%
# source: proofsheet.learning.normalization

# %% [markdown]
# ## Comparison with PyTorch, $\varepsilon = 0$
#
# The tensor is drawn as $H \times W \times C \times N$ and rearranged to $(N, C, H, W)$. The
# modules are in training mode, with $\gamma = 1$ and $\beta = 0$ as created. `BatchNorm2d` alone
# refuses $\varepsilon = 0$ and gets $10^{-300}$ instead, which is lost in rounding when it is added
# to a variance near 1.

# %%
# source: problems.csci5527_hw3.p3_normalization.derivations: SHAPE, METHODS, TINY_EPS
# source: problems.csci5527_hw3.p3_normalization.derivations: ours, pytorch

# %%
for dtype, suffix in ((torch.float64, ""), (torch.float32, "_float32")):
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(*SHAPE, generator=generator, dtype=dtype).permute(3, 2, 0, 1).contiguous()
    for method in METHODS:
        difference = relative_difference(ours(method, x, 0.0), pytorch(method, x, 0.0))
        print(f"{method}.relative_difference{suffix} = {difference:.1e}")
print(f"tensor.elements = {x.numel():,}")

# %% [markdown]
# These are rounding errors: the unit roundoffs are about $10^{-16}$ and $6 \cdot 10^{-8}$.
#
# ## Why there is an $\varepsilon$
#
# A constant slice has $x - \mu = 0$ and $\sigma = 0$: without $\varepsilon$ the formula reads
# $0/0$, with it the slice becomes 0.

# %%
constant = torch.full((2, 4, 3, 5), 0.1)
for eps in (0.0, 1e-5):
    values = {method: ours(method, constant, eps).abs().max().item() for method in METHODS}
    print(f"largest output for a constant tensor, eps = {eps:g}: {values}")

# %% [markdown]
# A slice that is nearly constant comes out with variance 1 all the same if $\varepsilon = 0$: noise
# becomes signal (left). And gradients on their way back are multiplied by up to $1/\sqrt{\sigma^2 +
# \varepsilon}$, which only $\varepsilon$ bounds, by $1/\sqrt{\varepsilon}$ (right).

# %%
# source: problems.csci5527_hw3.p3_normalization.contrast

# %%
deviations, spread, gain = contrast_sweep(SEED)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for k, eps in enumerate(EPSILONS):
    left.loglog(deviations, spread[k], label=f"ε = {eps:g}")
    right.loglog(deviations, gain[k], label=f"ε = {eps:g}")
left.set(xlabel="standard deviation of the slice", ylabel="standard deviation of the output")
right.set(xlabel="standard deviation of the slice", ylabel="norm of the Jacobian")
right.legend()
plt.show()
print(f"largest_gain.without = {gain[0].max():.1e}")
print(f"largest_gain.with = {gain[1].max():.1f}")
print(f"largest_gain.bound = {1 / np.sqrt(EPSILONS[1]):.1f}")
