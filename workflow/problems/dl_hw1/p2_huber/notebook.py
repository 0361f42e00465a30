# %% [markdown]
# # Deep Learning, homework 1, problem 2: linear regression with Huber loss
#
# The derivations are in the PDF. Here are the loss, its gradient, two ways to the minimizer, and
# the experiments. Needs `pip install numpy torch matplotlib`; runs in a few seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0

# %% [markdown]
# ## 2.1 The gradient
#
# $$\nabla_w L_\delta(w) = -\sum_i x_i \cdot \begin{cases} r_i, & |r_i| \le \delta, \\ \delta\,
# \mathrm{sign}(r_i), & |r_i| > \delta \end{cases} \;=\; -X^\top \psi_\delta(y - Xw)$$

# %%
# source: problems.dl_hw1.p2_huber.huber: huber_loss, huber_score, huber_weight, objective, gradient

# %% [markdown]
# Compared with PyTorch's own Huber loss and autograd:

# %%
rng = np.random.default_rng(0)
X, y, w = rng.standard_normal((12, 3)), 3 * rng.standard_normal(12), rng.standard_normal(3)
w_ = torch.tensor(w, requires_grad=True)
loss = torch.nn.functional.huber_loss(
    torch.tensor(X) @ w_, torch.tensor(y), reduction="sum", delta=1.0
)
(by_torch,) = torch.autograd.grad(loss, w_)
print(f"loss: difference {abs(objective(w, X, y, 1.0) - loss.item()):.1e}")
error = np.abs(gradient(w, X, y, 1.0) - by_torch.numpy()).max()
print(f"gradient: largest difference {error:.1e}")

# %% [markdown]
# ## 2.2 A closed form?
#
# No. $X^\top \psi_\delta(y - Xw) = 0$ is linear in $w$ only if we know which residuals are inside
# $\pm\delta$, and that depends on $w$. One iterates instead. Iteratively reweighted least squares
# (IRLS) solves the normal equations with the weights $\omega_\delta(r_i) = \min(1, \delta/|r_i|)$
# of the current residuals; gradient descent takes the step size $1/\lVert X\rVert_2^2$.

# %%
# source: problems.dl_hw1.p2_huber.huber: Fit, fit_irls, fit_gradient_descent, _iterate

# %% [markdown]
# Both reach the same minimizer. The data are a line with noise from $N(0, 1)$ and eight gross
# errors, either in $y$ or far out in $x$.

# %%
# source: problems.dl_hw1.p2_huber.huber: DELTA, TRUTH, least_squares, contaminated_line

# %%
fits = {}
for kind in ("vertical", "leverage"):
    X, y, wrong = contaminated_line(kind, np.random.default_rng(SEED))
    irls, descent = fit_irls(X, y, DELTA), fit_gradient_descent(X, y, DELTA)
    fits[kind] = {"squares": least_squares(X, y), "huber": irls.w}
    print(f"{kind}.irls_iterations = {irls.iterations}")
    print(f"{kind}.gd_iterations = {descent.iterations:,}")
    print(f"The two fits differ by {np.linalg.norm(irls.w - descent.w):.0e}.")

# %% [markdown]
# ## 2.3 Ridge
#
# $\nabla_w \tilde L(w) = \lambda w - X^\top \psi_\delta(y - Xw)$. With $\lambda > 0$ there is one
# minimizer even with more weights than points. The Huber loss bounds the pull of an outlier and
# the penalty holds the weights against it: replacing one target by any value moves $\hat w$ by at
# most $2\delta\lVert x_i\rVert/\lambda$.

# %%
rng = np.random.default_rng(0)
X, lam = rng.standard_normal((50, 100)), 20.0
y = X @ rng.standard_normal(100) / 10 + 0.2 * rng.standard_normal(50)
for shift in (10.0, 1e3, 1e5):
    moved = y - shift * (np.arange(50) == 0)
    squares = np.linalg.norm(least_squares(X, moved, lam) - least_squares(X, y, lam))
    huber = np.linalg.norm(fit_irls(X, moved, 0.3, lam).w - fit_irls(X, y, 0.3, lam).w)
    bound = 2 * 0.3 * np.linalg.norm(X[0]) / lam
    print(
        f"y_1 lowered by {shift:6.0f}: least squares moves by {squares:8.3f}, Huber by {huber:.3f}"
        f" (bound {bound:.3f})"
    )

# %% [markdown]
# With enough free weights a fit brings even the residuals of outliers inside $\delta$, where both
# losses are the same: at the smallest $\lambda$ the two curves meet.

# %%
# source: problems.dl_hw1.p2_huber.huber: ridge_errors

# %%
lams = np.logspace(-0.5, 3, 15)
errors, of_nothing = ridge_errors(SEED, lams, rows=50, columns=100, corrupted=5, repetitions=10)
figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for axis, data in zip(axes, ("clean", "corrupted"), strict=True):
    for name, style in (("squares", "s--"), ("huber", "o-")):
        axis.loglog(lams, errors[f"{data}_{name}"], style, label=name)
        print(f"ridge.{data}_{name}.best_error = {errors[f'{data}_{name}'].min():.3f}")
    axis.axhline(of_nothing, color="black", ls=":", label="w = 0")
    axis.set(title=data, xlabel=r"$\lambda$")
axes[0].set_ylabel("distance from the true weights")
axes[0].legend()
plt.show()
print(f"ridge.error_of_nothing = {of_nothing:.3f}")

# %% [markdown]
# ## 2.4 The three steps of learning
#
# (i) The Huber loss bounds the gradient of a large error, so that a few bad targets cannot
# dominate a step; the problem stays convex and smooth, but the closed form is lost. (ii) The fit
# follows the bulk of the data. The evaluation needs a robust measure too: on a contaminated test
# set the mean squared error prefers the worse fit.

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for axis, (kind, found) in zip(axes, fits.items(), strict=True):
    X, y, wrong = contaminated_line(kind, np.random.default_rng(SEED))
    ends = np.array([X[:, 1].min(), X[:, 1].max()])
    axis.plot(X[~wrong, 1], y[~wrong], "o", color="0.4", ms=3)
    axis.plot(X[wrong, 1], y[wrong], "x", color="0.4")
    for w, style, label in (
        (TRUTH, "k:", "truth"),
        (found["squares"], "C1--", "squared loss"),
        (found["huber"], "C0-", "Huber loss"),
    ):
        axis.plot(ends, w[0] + w[1] * ends, style, label=label)
    axis.set(title=kind, xlabel="x")
    for name, w in found.items():
        print(f"{kind}.{name}.distance = {np.linalg.norm(w - TRUTH):.3f}")
axes[0].legend()
plt.show()

# %%
for kind in ("clean", "vertical"):
    X, y, _ = contaminated_line(kind, np.random.default_rng([SEED, 1]), 2000)
    for name, w in fits["vertical"].items():
        r = y - X @ w
        print(f"vertical.{name}.{kind}_test.mean_square = {np.mean(r**2):.2f}")
        print(f"vertical.{name}.{kind}_test.median_absolute = {np.median(np.abs(r)):.2f}")
