# %% [markdown]
# # Problem 1: Softmax and matrix gradients
#
# The derivations are in the PDF. This notebook has their formulas as code, holds each against
# automatic differentiation, finite differences or computer algebra, and shows what the
# temperature does to the softmax and to its Jacobian $J = \frac1\tau(\operatorname{diag}(y) -
# yy^\top)$.

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
# source: problems.dl_hw1.p1_softmax.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# A check that cannot fail says nothing. Without the factor $1/\tau$ it does:

# %%
print(jacobian(lambda y, tau: np.diag(y) - np.outer(y, y)))

# %% [markdown]
# ## From cold to hot
#
# The Jacobian of four logits: with one maximum it vanishes as $\tau \to 0$, with two equal maxima
# it grows along the bound $1/(2\tau)$. As $\tau \to \infty$ both approach $(I - \mathbf 1\mathbf
# 1^\top/n)/(n\tau)$.

# %%
for tau in (0.05, 0.2, 1.0, 5.0, 100.0):
    for z in (np.array([3.0, 2.0, 0.0, -1.0]), np.array([3.0, 3.0, 0.0, -1.0])):
        y = softmax(z, tau)
        J = softmax_jacobian(y, tau)
        print(
            f"τ = {tau:6.2f}  y = {np.round(y, 4)}  ‖J‖ = {np.linalg.norm(J, 2):.2e}"
            f"  1/(2τ) = {1 / (2 * tau):.2e}  ‖J1‖ = {np.linalg.norm(J.sum(axis=1)):.0e}"
        )
