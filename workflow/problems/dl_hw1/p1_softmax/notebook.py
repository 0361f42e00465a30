# %% [markdown]
# # Deep Learning, homework 1, problem 1: softmax and matrix gradients
#
# The derivations are in the PDF. Here each result is code, compared with PyTorch's automatic
# differentiation on random inputs. Needs `pip install numpy torch`.

# %%
import numpy as np
import torch

rng = np.random.default_rng(0)


def largest_difference(ours, theirs):
    return f"largest difference {np.max(np.abs(np.asarray(ours) - np.asarray(theirs))):.1e}"


# %% [markdown]
# ## 1.1 The Jacobian of the softmax with temperature
#
# $$\frac{\partial y}{\partial z} = \frac1\tau\left(\operatorname{diag}(y) - yy^\top\right)$$

# %%
# source: problems.dl_hw1.p1_softmax.derivations: softmax, softmax_jacobian, softmax_backward

# %%
z, tau = rng.standard_normal(5), 0.7
y = softmax(z, tau)
J = softmax_jacobian(y, tau)
by_torch = torch.autograd.functional.jacobian(
    lambda z: torch.softmax(z / tau, dim=0), torch.tensor(z)
)
print(np.round(J, 4))
print("compared with autograd:", largest_difference(J, by_torch))

# %% [markdown]
# Backpropagation multiplies by $J^\top$ without forming $J$: $J^\top g = \frac1\tau\, y \odot (g
# - (y^\top g)\mathbf 1)$.

# %%
g = rng.standard_normal(5)
print("compared with the matrix:", largest_difference(softmax_backward(y, g, tau), J.T @ g))

# %% [markdown]
# $J$ is positive semidefinite. Its null space is spanned by $\mathbf 1$, because adding a
# constant to all logits changes nothing.

# %%
print("eigenvalues:", np.round(np.linalg.eigvalsh(J), 4))
print("J times 1:  ", np.round(J @ np.ones(5), 15))

# %% [markdown]
# ## 1.2 Gradients of an affine least-squares objective
#
# With $r = Ax + b - t$: $\nabla_A f = r x^\top$ and $\nabla_b f = r$.

# %%
# source: problems.dl_hw1.p1_softmax.derivations: affine_gradients

# %%
A, b, x, t = (rng.standard_normal(shape) for shape in ((3, 4), 3, 4, 3))
A_, b_ = torch.tensor(A, requires_grad=True), torch.tensor(b, requires_grad=True)
f = 0.5 * torch.sum((A_ @ torch.tensor(x) + b_ - torch.tensor(t)) ** 2)
for name, ours, theirs in zip(
    "Ab", affine_gradients(A, b, x, t), torch.autograd.grad(f, (A_, b_)), strict=True
):
    print(f"gradient with respect to {name}:", largest_difference(ours, theirs))

# %% [markdown]
# ## 1.3 Softmax or sigmoid
#
# **Softmax: reading a handwritten digit.** Exactly one of ten labels is true, so the model states
# one distribution over mutually exclusive classes. The loss is the cross-entropy $-\log y_k$ of
# the true class $k$.
#
# **Sigmoid: findings on a chest radiograph.** An image may show several findings or none. Each
# label is a separate yes-or-no question, so each output is the parameter of a Bernoulli variable,
# and the loss is the sum of the binary cross-entropies.
#
# Both losses have the gradient "prediction minus target".

# %%
# source: problems.dl_hw1.p1_softmax.derivations: sigmoid

# %%
z_ = torch.tensor(z, requires_grad=True)
(of_softmax,) = torch.autograd.grad(-torch.log_softmax(z_, 0)[2], z_)
print("softmax, true class 2:", largest_difference(softmax(z) - np.eye(5)[2], of_softmax))
targets = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
losses = torch.nn.functional.binary_cross_entropy_with_logits(
    z_, torch.tensor(targets), reduction="sum"
)
(of_sigmoids,) = torch.autograd.grad(losses, z_)
print("sigmoids, two findings:", largest_difference(sigmoid(z) - targets, of_sigmoids))

# %% [markdown]
# If two labels are true, the probabilities of a softmax share a total of one; sigmoids do not.

# %%
confident = np.array([8.0, -8.0, 8.0, -8.0, -8.0])
print("softmax: ", np.round(softmax(confident), 3))
print("sigmoids:", np.round(sigmoid(confident), 3))
