# %% [markdown]
# # Problem 2: Activation function
#
# The proofs are in the PDF; here are the function, its slopes, and the numbers that the PDF prints.

# %%
import numpy as np
import torch


def g(x):
    """Softsign."""
    return x / (1 + abs(x))


def slope(function, x):
    """The derivative of an entrywise function at x, by autograd."""
    x = torch.as_tensor(x).requires_grad_()
    (found,) = torch.autograd.grad(function(x).sum(), x)
    return found.numpy()


x = np.linspace(-100, 100, 10_001)

# %% [markdown]
# ## (a) Zero-centered
#
# $g(-x) = -g(x)$, because the denominator does not change with the sign of $x$.

# %%
assert np.array_equal(g(-x), -g(x))

# %% [markdown]
# ## (b) i. and ii. The derivative
#
# $g'(x) = 1 / (1 + |x|)^2$ for $x \ne 0$, and $g'(0) = 1$: the difference quotient $1/(1 + |h|)$
# tends to 1 from both sides.

# %%
assert np.allclose(slope(g, x[x != 0]), 1 / (1 + abs(x[x != 0])) ** 2, rtol=1e-12)
for h in (0.1, 0.001, 0.00001):
    print(
        f"h = {h:g}: {(g(h) - g(0)) / h:.6f} from the right, {(g(-h) - g(0)) / -h:.6f} from the left"
    )

# %% [markdown]
# ## (b) iii. Vanishing or exploding gradients
#
# The slope is at most 1, so gradients cannot explode through $g$. It decays like $1/x^2$, so they
# can vanish, but far more slowly than those of tanh, whose slope decays exponentially.

# %%
