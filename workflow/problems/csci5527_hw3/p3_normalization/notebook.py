# %% [markdown]
# # CSCI 5527, homework set 3, problem 3: the normalization zoo
#
# Batch, layer and instance norm (and group norm, of which they are cases) are one function over
# different axes:
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}$$
#
# with mean and biased variance over a slice. The notebook needs torch and matplotlib.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
torch.set_num_threads(1)

# %% [markdown]
# ## The implementation

# %%
# source: proofsheet.learning.normalization

# %% [markdown]
# ## Comparison with PyTorch, $\varepsilon = 0$
#
# The tensor is drawn as $H \times W \times C \times N$ and rearranged to $(N, C, H, W)$.
# `BatchNorm2d` refuses $\varepsilon = 0$ while training, so it and `InstanceNorm2d` get
# $10^{-300}$: added to a variance near 1, it is lost in rounding.

# %%
# source: problems.csci5527_hw3.p3_normalization.derivations: METHODS, TINY_EPS, apply
# source: problems.csci5527_hw3.p3_normalization.derivations: torch_module, pytorch

# %%
HEIGHT, WIDTH, CHANNELS, BATCH = (12, 12, 16, 8) if QUICK else (50, 50, 64, 64)
GROUPS = 8
for dtype, bar in ((torch.float64, 1e-14), (torch.float32, 1e-6)):
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(HEIGHT, WIDTH, CHANNELS, BATCH, generator=generator, dtype=dtype)
    x = drawn.permute(3, 2, 0, 1).contiguous()
    for method in METHODS:
        ours, theirs = (by(method, x, GROUPS, 0.0) for by in (apply, pytorch))
        difference = relative_difference(ours, theirs)
        print(f"{str(dtype)[6:]:8} {method:9} relative difference {difference:.1e}")
        assert difference <= bar

# %% [markdown]
# ## Why there is an $\varepsilon$
#
# A constant slice has $x - \mu = 0$ and $\sigma = 0$. With $\varepsilon = 0$ the quotient is 0/0,
# or, where the mean has been rounded, a rounding error divided by a rounding error, which is near
# 1. With $\varepsilon > 0$ it is 0, up to rounding.

# %%
print(f"{'type':8} {'method':9} {'ours':>9} {'PyTorch':>9}   ours and PyTorch with 1e-5")
for dtype in (torch.float32, torch.float64):
    constant = torch.full((2, 4, 3, 5), 0.1, dtype=dtype)
    for method in METHODS:
        largest = [
            by(method, constant, 2, eps).abs().max().item()
            for eps in (0.0, 1e-5)
            for by in (apply, pytorch)
        ]
        shown = " ".join(f"{value:9.1e}" for value in largest)
        print(f"{str(dtype)[6:]:8} {method:9} {shown}")

# %% [markdown]
# A slice that is nearly constant comes out with variance 1 all the same if $\varepsilon = 0$, and
# the gradient on its way back is multiplied by up to $1/\sqrt{\sigma^2 + \varepsilon}$.

# %%
deviations = np.logspace(-8, 1, 10 if QUICK else 55)
pattern = standardize(torch.randn((6, 8), dtype=torch.float64), (0, 1))
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for eps in (0.0, 1e-5, 1e-2):
    spread, gain = [], []
    for deviation in deviations:
        x = 1 + deviation * pattern
        spread.append(standardize(x, (0, 1), eps).std(correction=0).item())
        jacobian = torch.autograd.functional.jacobian(
            lambda values, eps=eps: standardize(values, (0, 1), eps), x
        )
        gain.append(torch.linalg.matrix_norm(jacobian.reshape(48, 48), 2).item())
    left.loglog(deviations, spread, label=f"ε = {eps:g}")
    right.loglog(deviations, gain, label=f"ε = {eps:g}")
    assert eps == 0 or max(gain) <= 1.0001 / np.sqrt(eps)
left.set(xlabel="standard deviation of the slice", ylabel="standard deviation of the output")
right.set(xlabel="standard deviation of the slice", ylabel="norm of the Jacobian")
right.legend()
plt.show()
