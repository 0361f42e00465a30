# %% [markdown]
# # Problem 2: Activation function
#
# The proofs are in the PDF; here they are tried out. Needs `pip install numpy torch matplotlib`.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.nn.functional import softsign


def g(x):
    """Softsign."""
    return x / (1 + abs(x))


def slope(function, x):
    """The derivative of an entrywise function at x, by autograd."""
    x = torch.tensor(x, requires_grad=True)
    (found,) = torch.autograd.grad(function(x).sum(), x)
    return found.numpy()


# %% [markdown]
# ## (a) Zero-centered
#
# $g(-x) = -g(x)$: the denominator does not change with the sign of $x$.

# %%
x = np.linspace(-100, 100, 10_000)
assert np.array_equal(g(-x), -g(x))
assert np.all(g(x[x > 0]) > 0)

# %% [markdown]
# ## (b) i. The derivative away from zero
#
# $g'(x) = 1 / (1 + |x|)^2$, as autograd finds as well.

# %%
error = np.max(np.abs(slope(g, x) * (1 + np.abs(x)) ** 2 - 1))
print(f"largest relative error {error:.1e}")
assert error < 1e-12

# %% [markdown]
# ## (b) ii. The derivative at zero
#
# $g'(0) = 1$: the difference quotient is $1 / (1 + |h|)$ and tends to 1 from both sides.

# %%
for h in (0.1, 0.001, 0.00001):
    right, left = (g(h) - g(0)) / h, (g(-h) - g(0)) / -h
    print(f"h = {h:g}: {right:.6f} from the right, {left:.6f} from the left")

# %% [markdown]
# ## (b) iii. Vanishing or exploding gradients
#
# The slope is at most 1, so gradients cannot explode through $g$. It decays like $1/x^2$, so they
# can vanish, but more slowly than with tanh, whose slope decays exponentially. In single precision
# the slope of tanh is exactly zero for all but small inputs.

# %%
functions = {"softsign": softsign, "tanh": torch.tanh}
x, tail = np.linspace(-5, 5, 401), np.logspace(-1, 2, 401)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8))
for name, function in functions.items():
    left.plot(x, function(torch.tensor(x)), label=name)
    right.loglog(tail, slope(function, tail), label=name)
right.loglog(tail, 1 / tail**2, "k:", label="$1/x^2$")
left.set(xlabel="x", ylabel="activation")
right.set(xlabel="x", ylabel="slope", ylim=(1e-8, 3))
left.legend()
right.legend()
plt.show()

# %%
print(f"slopes.softsign.at_10 = {slope(softsign, np.array([10.0]))[0]:.4f}")
print(f"slopes.tanh.at_10 = {slope(torch.tanh, np.array([10.0]))[0]:.1e}")
search = np.arange(0, 200, 0.01, dtype=np.float32)
print(f"float32.tanh_zero_from = {search[np.argmax(slope(torch.tanh, search) == 0)]:.2f}")
print(f"float32.softsign_far = {slope(softsign, np.array([1e6], np.float32))[0]:.1e}")
