# %% [markdown]
# # Problem 3: Gradient descent
#
# The derivations are in the PDF. This notebook has the formulas with their checks, and measures
# the rate of gradient descent on convex Lipschitz functions against the bound $B\rho/\sqrt T$.

# %%
# source: problems.cs7643_ps2.p3_gradient_descent.convex_descent

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
# source: problems.cs7643_ps2.p3_gradient_descent.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## The rate
#
# The ratio of $f(\bar w) - f(w^*)$ to the bound. On the worst function for each $T$ it is one: the
# bound is attained. On $\rho\,|w - B|$ it falls to one half.

# %%
for T in (4, 16, 64, 256, 1024):
    rng = np.random.default_rng(0)
    functions = {"worst": worst_case(T), "absolute": absolute_value()}
    functions |= {name: draw(rng) for name, draw in FAMILIES.items()}
    ratios = {name: relative_gap(f, T) * np.sqrt(T) for name, f in functions.items()}
    print(f"T = {T:5}", {name: round(float(ratio), 4) for name, ratio in ratios.items()})
