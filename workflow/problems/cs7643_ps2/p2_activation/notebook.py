# %% [markdown]
# # Problem 2: Activation function
#
# The proofs are in the PDF. This notebook has the formulas with their checks, and measures how
# softsign, $g(x) = x/(1 + |x|)$, lets gradients through, beside its relatives.

# %%
# source: problems.cs7643_ps2.p2_activation.sigmoids

# %% [markdown]
# ## How a formula is checked
#
# A check draws random cases and reports the largest error of a formula against an independent
# reference.

# %%
# source: proofsheet.checks

# %% [markdown]
# ## The formulas and their checks

# %%
# source: problems.cs7643_ps2.p2_activation.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## Slopes
#
# All functions have slope 1 at 0 and limits $\pm1$. What is left at $x = 10$ differs by more than
# thirty orders of magnitude.

# %%
for name, function in ODD.items():
    print(f"{name:13}", slopes(function, np.array([0.0, 1.0, 2.0, 5.0, 10.0])))

# %% [markdown]
# ## Where single precision loses the slope

# %%
x = np.arange(0, 200, 0.01)
for name, function in (("tanh", torch.tanh), ("sigmoid", torch.sigmoid),
                       ("softsign", ODD["softsign"])):  # fmt: skip
    print(f"{name:9} slope exactly 0 from x =", first_zero_slope(function, x))

# %% [markdown]
# ## Applied $n$ times, at $x = 1$
#
# Softsign: $1/(1+n)^2$. Sigmoid: a geometric sequence.

# %%
for name in ("softsign", "tanh", "sigmoid"):
    chain = slopes_in_depth(getattr(torch.nn.functional, name), 1.0, 100)
    print(f"{name:9}", {n: f"{chain[n - 1]:.2e}" for n in (1, 10, 100)})
