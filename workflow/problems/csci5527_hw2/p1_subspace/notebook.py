# %% [markdown]
# # CSCI 5527, homework set 2, problem 1: autoencoder, factorization and PCA
#
# One subspace in three ways: by PCA, by a linear autoencoder and by a factorization, the last two
# by gradient descent with a backtracking line search. Needs `pip install numpy torch matplotlib`
# and runs in a few seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0

# %% [markdown]
# ## The data
#
# The seed and the dimensions are those of the text. Its listing is a figure that our copy lacks;
# this is a reconstruction, which gives the value of `X[0, 0]` that the text states, 4.1656. The
# points are drawn in float32. Everything after that is done in float64, because in float32 the
# line search stalls before the stopping criterion is met.

# %%
# source: problems.csci5527_hw2.p1_subspace.model: RANK, STARTS, synthetic_points

# %%
points = synthetic_points()
print(f"x00 = {points[0, 0]:.4f}")
X = points.astype(np.float64)
m, n = X.shape
print(f"points = {m}\ndimensions = {n}")

# %% [markdown]
# ## (a) PCA
#
# The basis $A_1$ is the first ten right singular vectors of $X$, which are the eigenvectors of
# $X^\top X$ with the largest eigenvalues.

# %%
# source: problems.csci5527_hw2.p1_subspace.model: pca_basis, pca_spectrum, autoencoder_loss

# %%
A1 = pca_basis(X, RANK)
eigenvalues = pca_spectrum(X)
print(f"eigenvalues.last_kept = {eigenvalues[RANK - 1]:.3f}")
print(f"eigenvalues.first_discarded = {eigenvalues[RANK]:.1e}")
print(f"explained = {eigenvalues[:RANK].sum() / eigenvalues.sum():.6f}")
print(f"discarded_sum = {eigenvalues[RANK:].sum():.6f}")
print(f"loss of the PCA basis: {autoencoder_loss(X, A1):.10f}")

plt.figure(figsize=(6, 2.5))
plt.semilogy(np.arange(1, n + 1), eigenvalues, "o", mfc="none")
plt.axvline(RANK + 0.5, color="black", ls=":")
plt.xlabel("i")
plt.ylabel("eigenvalue i of $X^T X / m$")
plt.show()

# %% [markdown]
# Ten eigenvalues are large and the others are noise, so the best subspace is unique.
#
# ## (b)(i) The autoencoder by gradient descent
#
# $f(A) = \frac1m \lVert X - X A A^\top \rVert_F^2$. Each iteration steps along the negative
# gradient. The step is halved until Armijo's condition of sufficient decrease holds, and the next
# search starts from twice the accepted step. The run stops when the norm of the gradient has
# fallen to `TOLERANCE` times its largest value.

# %%
# source: problems.csci5527_hw2.p1_subspace.gradient_descent

# %%
# source: problems.csci5527_hw2.p1_subspace.model: autoencoder_gradient, small_start
# source: problems.csci5527_hw2.p1_subspace.model: fit_autoencoder

# %% [markdown]
# The gradient is derived by hand. It agrees with automatic differentiation:


# %%
def by_autograd(loss, *arrays):
    """Gradients of a scalar function of tensors, by PyTorch."""
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    return [gradient.numpy() for gradient in torch.autograd.grad(loss(*leaves), leaves)]


rng = np.random.default_rng(SEED)
A, Z, T = rng.standard_normal((n, RANK)), rng.standard_normal((m, RANK)), torch.tensor(X)
(of_f,) = by_autograd(lambda A: torch.linalg.matrix_norm(T - T @ A @ A.T) ** 2 / m, A)
error = np.abs(autoencoder_gradient(X, A) - of_f).max() / np.abs(of_f).max()
print(f"largest relative difference: {error:.1e}")
assert error < 1e-10

# %% [markdown]
# Since $f$ is not convex, we start five times.


# %%
def from_random_starts(name, fit):
    """One fit per start; the same draws for both losses."""
    fits = []
    for start in range(STARTS):
        rng = np.random.default_rng([SEED, start])
        fits.append(fit(small_start(rng, n, RANK), small_start(rng, m, RANK)))
        print(
            f"start {start + 1}: {fits[-1].iterations} steps, loss {fits[-1].losses[-1]:.10f}, "
            f"gradient norm {fits[-1].gradient_norms[-1]:.1e}, stopped by {fits[-1].stopped_by}"
        )
    print(f"{name}.starts.converged = {sum(fit.converged for fit in fits)}")
    print(f"{name}.iterations = {best(fits).iterations}")
    print(f"{name}.loss = {best(fits).losses[-1]:.6f}")
    print(f"{name}.gradient_norm = {best(fits).gradient_norms[-1]:.1e}")
    return fits


def plot_convergence(fits, optimum):
    """Relative excess loss and gradient norm of all starts."""
    _, axes = plt.subplots(1, 2, figsize=(10, 2.8), constrained_layout=True)
    for start, fit in enumerate(fits):
        excess = fit.losses / optimum - 1
        axes[0].semilogy(np.where(excess > 0, excess, np.nan), label=f"start {start + 1}")
        axes[1].semilogy(fit.gradient_norms)
    axes[0].set(xlabel="iteration", ylabel="relative excess loss")
    axes[1].set(xlabel="iteration", ylabel="norm of the gradient")
    axes[0].legend()
    plt.show()


autoencoders = from_random_starts("autoencoder", lambda A, Z: fit_autoencoder(X, A))
plot_convergence(autoencoders, autoencoder_loss(X, A1))

# %% [markdown]
# All starts stop by the gradient criterion, with the same loss. It is the loss of the PCA basis.
#
# ## (b)(ii) Does the autoencoder find the PCA subspace?
#
# We compare the projectors, because two bases of one subspace may differ by a rotation.

# %%
# source: problems.csci5527_hw2.p1_subspace.model: relative_difference, projector
# source: problems.csci5527_hw2.p1_subspace.model: projector_difference

# %%
A2 = best(autoencoders).x
print(f"difference.a1_a2 = {projector_difference(A1, A2):.1e}")
print(f"entrywise.a1_a2 = {relative_difference(A1, A2):.3f}")
deviation = np.linalg.norm(A2.T @ A2 - np.eye(RANK))
print(f"autoencoder.distance_from_orthonormal = {deviation:.1e}")

# %% [markdown]
# The difference of the projectors is close to 0: the subspaces are the same. The matrices are not.
# The columns of $A_2$ are orthonormal, although nothing imposed it.
#
# ## (c)(i) The factorization by gradient descent
#
# $g(A, Z) = \lVert X - Z A^\top \rVert_F^2$, with one step size for both factors.

# %%
# source: problems.csci5527_hw2.p1_subspace.model: factorization_loss, factorization_gradients
# source: problems.csci5527_hw2.p1_subspace.model: fit_factorization

# %%
of_g = by_autograd(lambda A, Z: torch.linalg.matrix_norm(T - Z @ A.T) ** 2, A, Z)
for ours, theirs in zip(factorization_gradients(X, A, Z), of_g, strict=True):
    error = np.abs(ours - theirs).max() / np.abs(theirs).max()
    print(f"largest relative difference: {error:.1e}")
    assert error < 1e-10

# %%
factorizations = from_random_starts("factorization", lambda A, Z: fit_factorization(X, A, Z))
plot_convergence(factorizations, factorization_loss(X, A1, X @ A1))

# %% [markdown]
# Again all starts stop by the gradient criterion, with the same loss.
#
# ## (c)(ii) Do all three agree?

# %%
A3 = best(factorizations).x[:n]
print(f"difference.a1_a3 = {projector_difference(A1, A3):.1e}")
print(f"difference.a2_a3 = {projector_difference(A2, A3):.1e}")
print(f"entrywise.a1_a3 = {relative_difference(A1, A3):.3f}")
print(f"entrywise.a2_a3 = {relative_difference(A2, A3):.3f}")

# %% [markdown]
# Yes: all three subspaces are the same up to the stopping criterion, while the matrices differ. The
# autoencoder leaves an orthogonal change of basis free, the factorization any invertible one.
