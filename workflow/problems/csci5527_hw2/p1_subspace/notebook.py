# %% [markdown]
# # CSCI 5527, homework set 2, problem 1
#
# One subspace, three ways: PCA, a linear autoencoder, and a factorization, the last two by
# gradient descent with a backtracking line search. The whole implementation is below. It needs
# NumPy, PyTorch (for the data, and to check the gradients) and matplotlib.
#
# ## Gradient descent with backtracking
#
# Steepest descent only. The step is halved until Armijo's condition holds, the next search starts
# from twice the accepted step, and the run stops when the norm of the gradient has fallen by the
# factor `tolerance`.

# %%
# source: problems.csci5527_hw2.p1_subspace.gradient_descent

# %% [markdown]
# ## Data, losses, gradients, and the comparison of subspaces

# %%
# source: problems.csci5527_hw2.p1_subspace.model

# %% [markdown]
# ## The data
#
# The listing of the text is an image that is lost; this is its reconstruction, and it gives the
# value of `X[0, 0]` that the text states. The points are made in float32. All that follows is done
# in float64 on these values: in float32 the line search stalls before its stopping criterion is
# met.

# %%
RANK, STARTS, SEED = 10, 5, 0

points = synthetic_points(r=RANK)
print(f"X[0, 0] = {points[0, 0]:.4f}, {points.dtype}, {points.shape}")
X = points.astype(np.float64)
m, n = X.shape

# %% [markdown]
# ## (a) PCA

# %%
A1 = pca_basis(X, RANK)
spectrum = pca_spectrum(X)
print("eigenvalues 9 to 12:", spectrum[8:12])
print("least loss:", autoencoder_loss(X, A1), "= sum of the discarded:", spectrum[RANK:].sum())

# %% [markdown]
# ## The gradients agree with automatic differentiation

# %%
rng = np.random.default_rng(SEED)
A, Z = rng.standard_normal((n, RANK)), rng.standard_normal((m, RANK))
data, leaf_A, leaf_Z = torch.tensor(X), torch.tensor(A), torch.tensor(Z)
leaf_A.requires_grad_()
leaf_Z.requires_grad_()

f = torch.linalg.matrix_norm(data - data @ leaf_A @ leaf_A.T) ** 2 / m
(by_autograd,) = torch.autograd.grad(f, leaf_A)
ours = autoencoder_gradient(X, A)
print("f:", np.abs(ours - by_autograd.numpy()).max() / np.abs(ours).max())

g = torch.linalg.matrix_norm(data - leaf_Z @ leaf_A.T) ** 2
for ours, theirs in zip(
    factorization_gradients(X, A, Z), torch.autograd.grad(g, [leaf_A, leaf_Z]), strict=True
):
    print("g:", np.abs(ours - theirs.numpy()).max() / np.abs(ours).max())

# %% [markdown]
# ## (b)(i), (c)(i) Gradient descent from several random starts

# %%
autoencoders, factorizations = [], []
for start in range(STARTS):
    rng = np.random.default_rng([SEED, start])
    A, Z = small_start(rng, n, RANK), small_start(rng, m, RANK)
    autoencoders.append(fit_autoencoder(X, A))
    factorizations.append(fit_factorization(X, A, Z))

for name, fits in [("autoencoder", autoencoders), ("factorization", factorizations)]:
    for start, fit in enumerate(fits):
        print(
            f"{name:13} start {start + 1}: {fit.iterations:3} steps, loss {fit.losses[-1]:.10f}, "
            f"gradient {fit.gradient_norms.max():.0f} -> {fit.gradient_norms[-1]:.1e}, "
            f"stopped by {fit.stopped_by}"
        )

# %%
import matplotlib.pyplot as plt

_, axes = plt.subplots(1, 2, figsize=(9, 3), constrained_layout=True)
for axis, name, fits in [
    (axes[0], "autoencoder", autoencoders),
    (axes[1], "factorization", factorizations),
]:
    for start, fit in enumerate(fits):
        axis.semilogy(fit.gradient_norms, label=f"start {start + 1}")
    axis.set(title=name, xlabel="iteration", ylabel="norm of the gradient")
axes[1].legend()
plt.show()

# %% [markdown]
# ## (b)(ii), (c)(ii) Do the subspaces agree?
#
# Yes: the projectors differ by less than 1e-5, and much less. The matrices themselves do not
# agree, and need not: the autoencoder leaves an orthogonal change of basis, the factorization any
# invertible one.

# %%
A2 = best(autoencoders).x
A3 = best(factorizations).x[:n]
for name, left, right in [("A1, A2", A1, A2), ("A1, A3", A1, A3), ("A2, A3", A2, A3)]:
    difference = projector_difference(left, right)
    entrywise = np.linalg.norm(left - right) / np.linalg.norm(right)
    print(f"{name}: projectors differ by {difference:.2e}, matrices by {entrywise:.2f}")
    assert difference <= 1e-5
print("distance of A2 from orthonormal columns:", np.linalg.norm(A2.T @ A2 - np.eye(RANK)))
