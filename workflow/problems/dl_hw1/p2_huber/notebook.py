# %% [markdown]
# # Problem 2: Linear regression with Huber loss
#
# The derivations are in the PDF. This notebook has the loss, its gradient, gradient descent and
# iteratively reweighted least squares (IRLS), checks every formula, and fits lines to data with
# outliers.

# %%
# source: problems.dl_hw1.p2_huber.huber

# %% [markdown]
# ## How a formula is checked
#
# A check draws random cases and reports the largest error of a formula against an independent
# reference.

# %%
# source: proofsheet.checks

# %% [markdown]
# ## The formulas and their checks
#
# Among the cases of the gradient are residuals that are exactly $\pm\delta$.

# %%
# source: problems.dl_hw1.p2_huber.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## Fits under outliers
#
# The truth is $y = 1 + 2x$ with noise from $N(0, 1)$. Huber's fit withstands errors in $y$; it
# does not withstand points far out in $x$, whose pull $\psi_\delta(r_i)\,x_i$ is bounded in $r_i$
# only.

# %%
DELTA = 1.345
print(f"efficiency at N(0, 1): {asymptotic_efficiency(DELTA):.4f}\n")
for kind in ("clean", "vertical", "leverage"):
    X, y, wrong = contaminated_line(kind, np.random.default_rng(0))
    irls, descent = fit_irls(X, y, DELTA), fit_gradient_descent(X, y, DELTA)
    print(
        f"{kind:9} least squares {np.round(least_squares(X, y), 3)}  Huber {np.round(irls.w, 3)}"
        f"  IRLS {irls.iterations} iterations, descent {descent.iterations},"
        f" {np.linalg.norm(irls.w - descent.w):.0e} apart"
    )

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for axis, kind in zip(axes, ("vertical", "leverage"), strict=True):
    X, y, wrong = contaminated_line(kind, np.random.default_rng(0))
    ends = np.array([X[:, 1].min(), X[:, 1].max()])
    axis.plot(X[~wrong, 1], y[~wrong], "o", color="0.4", ms=3)
    axis.plot(X[wrong, 1], y[wrong], "x", color="0.4")
    for w, style, label in (
        (np.array([1.0, 2.0]), "k:", "truth"),
        (least_squares(X, y), "C1--", "squared loss"),
        (fit_irls(X, y, DELTA).w, "C0-", "Huber loss"),
    ):
        axis.plot(ends, w[0] + w[1] * ends, style, label=label)
    axis.set(title=kind, xlabel="x")
axes[0].legend()
plt.show()

# %% [markdown]
# ## Ridge
#
# One target, however wrong, moves the weights by at most $2\delta\lVert x_i\rVert/\lambda$.

# %%
rng = np.random.default_rng(0)
X, lam = rng.standard_normal((50, 100)), 20.0
w = rng.standard_normal(100) / 10
y = X @ w + 0.2 * rng.standard_normal(50)
for shift in (0.0, 10.0, 1e3, 1e5):
    y_wrong = y - shift * (np.arange(50) == 0)
    moved = {
        "squared": least_squares(X, y_wrong, lam) - least_squares(X, y, lam),
        "Huber": fit_irls(X, y_wrong, 0.3, lam).w - fit_irls(X, y, 0.3, lam).w,
    }
    print(
        f"y_1 lowered by {shift:8.0f}:",
        {name: f"{np.linalg.norm(v):.4f}" for name, v in moved.items()},
        f"bound {replacement_bound(X[0], 0.3, lam):.4f}",
    )
