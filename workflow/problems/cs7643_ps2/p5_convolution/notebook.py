# %% [markdown]
# # CS 7643, problem set 2, problem 5: convolutions
#
# The proofs are in the PDF. Here is the code that checks them and that measures which layers
# follow a shift. It needs NumPy and PyTorch.

# %%
# source: problems.cs7643_ps2.p5_convolution.circulants

# %% [markdown]
# ## Layers of networks on a circle, from PyTorch's operations

# %%
# source: problems.cs7643_ps2.p5_convolution.equivariance

# %% [markdown]
# ## The formulas of the chapter and their checks

# %%
# source: proofsheet.checks
# source: problems.cs7643_ps2.p5_convolution.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## Small enough to look at

# %%
a = np.array([1, 2, 3, 4])
S, C = shift_matrix(4), circulant(a)
print("S =", S, "C_a =", C, "C_a S − S C_a =", C @ S - S @ C, sep="\n")
L = np.random.default_rng(0).integers(-4, 5, (4, 4)).astype(float)
print("a matrix and the circulant closest to it:", L, nearest_circulant(L), sep="\n")

# %% [markdown]
# ## Which layers follow a shift
#
# Bumps in the middle of a circle of 32 samples. The error after a shift by $k$ is the smallest
# $\lVert f(S^k x) - S^j f(x) \rVert / \lVert f(x) \rVert$ over $j$.

# %%
rng = np.random.default_rng(0)
x = torch.zeros(200, 32, dtype=torch.float64)
x[:, 12:20] = torch.tensor(rng.standard_normal((200, 8)))
layers = layers_of_networks(torch.tensor(rng.standard_normal(5)))
print(f"{'':14}{'k = 1':>9}{'k = 2':>9}{'k = 8':>9}{'largest':>9}   shifts followed")
for name, layer in layers.items():
    errors = equivariance_errors(layer, x).mean(dim=0).numpy()
    values = "".join(f"{v:9.3f}" for v in (*errors[[1, 2, 8]], errors.max()))
    print(f"{name:14}{values}   {np.sum(errors < 1e-12)} of 32")

# %% [markdown]
# ## Learning a convolution from noisy examples

# %%
n = 16
target = circulant(rng.standard_normal(n))
X = rng.standard_normal((48, n))
Y = X @ target.T + 0.1 * np.linalg.norm(target, 2) * rng.standard_normal(X.shape)
for m in (1, 3, 8, 16, 48):
    errors = [
        np.linalg.norm(fit(X[:m], Y[:m]) - target) / np.linalg.norm(target)
        for fit in (fit_dense, fit_circulant)
    ]
    print(f"{m:3} examples: any matrix {errors[0]:.3f}, circulant {errors[1]:.3f}")
