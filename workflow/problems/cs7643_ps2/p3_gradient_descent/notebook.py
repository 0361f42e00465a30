# %% [markdown]
# # Problem 3: Gradient descent
#
# The proofs are in the PDF. Here each statement is tried out on an example. Needs
# `pip install numpy scipy matplotlib`.

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

# %% [markdown]
# ## 1. Gradient descent as proximal minimization
#
# The minimizer of the tangent plus $\frac\lambda2 \lVert w - w_t \rVert^2$ is
# $w_t - \nabla f(w_t) / \lambda$: a step of gradient descent with $\eta = 1/\lambda$. A numerical
# minimizer that does not know the solution finds the same point.


# %%
def f(w):
    """log cosh of each coordinate, added up."""
    return np.sum(np.log(np.cosh(w)))


w_t, eta = np.array([1.2, -0.7]), 0.5
gradient = np.tanh(w_t)


def model(w, lam=1 / eta):
    """Tangent and proximity term."""
    return f(w_t) + (w - w_t) @ gradient + lam / 2 * np.sum((w - w_t) ** 2)


found = minimize(model, w_t).x
print("minimizer of the model   ", found)
print("step of gradient descent ", w_t - eta * gradient)
assert np.allclose(found, w_t - eta * gradient, atol=1e-6)

# %% [markdown]
# ## 2. The telescoping lemma
#
# For arbitrary vectors $v_t$, and with equality when $w_{T+1} = w^*$.

# %%
rng = np.random.default_rng(0)
T, d, eta = 20, 5, 0.3
v, target = rng.standard_normal((T, d)), rng.standard_normal(d)


def both_sides(v):
    """The sum of the inner products, and the bound."""
    w, total = np.zeros(d), 0.0
    for v_t in v:
        total += (w - target) @ v_t
        w = w - eta * v_t
    return total, target @ target / (2 * eta) + eta / 2 * np.sum(v**2)


total, bound = both_sides(v)
print(f"random vectors:  sum {total:.4f}, bound {bound:.4f}")
assert total <= bound
v[-1] = (-eta * v[:-1].sum(axis=0) - target) / eta  # the last step leads to w*
total, bound = both_sides(v)
print(f"ending at w*:    sum {total:.4f}, bound {bound:.4f}")
assert np.isclose(total, bound)

# %% [markdown]
# ## 3. The rate of convergence
#
# $f(\bar w) - f(w^*) \le B\rho/\sqrt T$. The function below, one for each $T$, reaches this bound
# up to the factor $1 - \varepsilon$, because each step finds a new coordinate.

# %%
# source: problems.cs7643_ps2.p3_gradient_descent.convex_descent

# %%
steps = np.array([4, 16, 64, 256, 1024, 4096])
worst = np.array([worst_gap(T) for T in steps])
plt.figure(figsize=(5, 3))
plt.loglog(steps, steps**-0.5, color="0.75", lw=4, label="bound")
plt.loglog(steps, worst, "o-", label="worst function for each T")
plt.xlabel("T")
plt.ylabel("gap (B = rho = 1)")
plt.legend()
plt.show()
print(f"worst.steps = {steps[-1]:,}")
print(f"worst.shortfall = {1 - worst[-1] * np.sqrt(steps[-1]):.1e}")
