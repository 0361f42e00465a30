# %% [markdown]
# # CS 7643, problem set 2, problem 6: SGD
#
# The derivations are in the PDF. Here are the counterexample, every step of a grid in exact
# arithmetic, and runs down to the noise floor. It needs NumPy; SymPy checks the formulas.

# %%
# source: problems.cs7643_ps2.p6_sgd.model

# %% [markdown]
# ## The counterexample

# %%
w, eta = 1.0, 0.25
after = step(w, 0, eta)
print(f"w = {w} → {after}")
print(f"sampled term {term(0, w)} → {term(0, after)}, whole loss {loss(w)} → {loss(after)}")
assert term(0, after) < term(0, w)
assert loss(after) > loss(w)

# %% [markdown]
# ## The formulas of the chapter and their checks

# %%
# source: proofsheet.checks
# source: problems.cs7643_ps2.p6_sgd.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## Every step of a grid
#
# `·` no step raises the loss, `1` and `2` that on this term does, `#` both do.

# %%
points = [Fraction(k, 8) for k in range(-24, 33)]
rates = [Fraction(k, 8) for k in range(15, 0, -1)]
rising = outcomes(points, rates) > 0
for eta, row in zip(rates, rising[0] + 2 * rising[1], strict=True):
    print(f"η = {float(eta):5.3f} ", "".join("·12#"[k] for k in row))
print("          ", "".join("|" if w in (-1, 2) else " " for w in points), " w = −1 and w = 2")

# %% [markdown]
# ## The noise floor

# %%
rng = np.random.default_rng(0)
for eta in (0.5, 0.2, 0.05):
    f = loss(runs(rng, 3.0, lambda t, eta=eta: eta, 600, 1000))[:, 300:]
    print(
        f"η = {eta}: floor {noise_floor(eta):.4f}, measured {f.mean() - 2.25:.4f};"
        f" {np.mean(np.diff(f, axis=1) > 0):.1%} of the steps raise f"
    )
