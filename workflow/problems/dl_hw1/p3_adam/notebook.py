# %% [markdown]
# # Deep Learning, homework 1, problem 3: Adam and SGD with momentum
#
# The derivations are in the PDF. Here is Adam, and the experiments beside momentum SGD. Needs
# `pip install numpy torch sympy matplotlib`; runs in about a quarter of a minute.

# %%
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import sympy
import torch

torch.set_num_threads(1)

# %%
# source: proofsheet.learning.optimizers: Optimizer, Adam

# %% [markdown]
# ## 3.1 The first two updates
#
# Running the algorithm with symbols gives the explicit expressions.

# %%
w1, g1, g2 = sympy.symbols("w1 g1 g2", real=True)
alpha, beta1, beta2, eps = sympy.symbols("alpha beta1 beta2 epsilon", positive=True)
m, v, w = 0, 0, w1
for t, g in enumerate((g1, g2), start=1):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = sympy.factor(m / (1 - beta1**t)), sympy.factor(v / (1 - beta2**t))
    w = w - alpha * m_hat / (sympy.sqrt(v_hat) + eps)
    print(f"m{t}     ", sympy.factor(m))
    print(f"v{t}     ", sympy.factor(v))
    print(f"m{t} hat ", m_hat)
    print(f"v{t} hat ", v_hat)
    print(f"w{t + 1}     ", w, "\n")

# %% [markdown]
# Our Adam and PyTorch's take the same two steps:

# %%
# source: proofsheet.learning.optimizer_paths: path

# %%
gradients = np.array([[0.3], [-2.0]])
for optimizer in (Adam, torch.optim.Adam):
    steps = path(partial(optimizer, lr=0.1), np.zeros(1), lambda t, w: gradients[t - 1], 2)
    print(optimizer.__module__, steps[1:, 0])

# %% [markdown]
# Without the bias correction, a constant gradient gives steps of $\alpha\,(1 - \beta_1^t) /
# \sqrt{1 - \beta_2^t}$ instead of $\alpha$:

# %%
# source: problems.dl_hw1.p3_adam.derivations: uncorrected_step

# %%
plain = np.array([uncorrected_step(0.9, 0.999, t) for t in range(1, 10_001)])
print(f"bias.first_step = {plain[0]:.2f}")
print(f"bias.largest_step = {plain.max():.2f}")
print(f"bias.largest_step_at = {plain.argmax() + 1}")

# %% [markdown]
# ## 3.2 Adam and momentum SGD compared
#
# **(a)** Momentum SGD moves in proportion to the gradients; Adam divides a mean of gradients by
# the root of a mean of their squares, so their size cancels.
#
# **(b)** Scaling the loss by $c$ is, for momentum SGD, the same as scaling the learning rate. For
# Adam it is the same as dividing $\varepsilon$ by $c$.
#
# **(c)** $\varepsilon$ keeps the quotient finite and is the threshold below which Adam stops
# normalizing.
#
# Both minimize $c \cdot \frac12 (w_1^2 + 100\, w_2^2)$ from $(1, 1)$.

# %%
# source: problems.dl_hw1.p3_adam.experiments: BETAS, EPS, MOMENTUM, RATE, MOMENTUM_RATE, STEPS
# source: problems.dl_hw1.p3_adam.experiments: CURVATURE, START, SCALES, DIVERGED
# source: problems.dl_hw1.p3_adam.experiments: scaled_paths, path_distances

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 3.2))
for axis, (name, paths) in zip(axes, scaled_paths().items(), strict=False):
    for scale, run in paths.items():
        loss = run**2 @ CURVATURE / (START**2 @ CURVATURE)
        axis.semilogy(np.maximum(loss, 1e-15), label=f"c = {SCALES[scale]:g}")
        difference = np.abs(run - paths["one"]).max()
        if name == "adam" and scale != "one":
            print(f"scales.{scale}.adam.max_difference = {difference:.3e}")
    axis.set(title=name, xlabel="step", ylim=(1e-15, 1e6))
axes[0].set_ylabel("loss over first loss")
axes[1].legend()
factors = np.logspace(-12, 12, 49)
for eps in (0.0, EPS, 1e-4):
    axes[2].loglog(factors, np.maximum(path_distances(factors, eps), 1e-17), label=f"ε = {eps:g}")
axes[2].set(title="Adam: distance from the path of c = 1", xlabel="c")
axes[2].legend()
plt.show()

# %% [markdown]
# ## 3.3 Noisy gradients and sparse features
#
# **(a)** Momentum SGD uses one learning rate for all parameters, so the largest gradients limit
# it for all others. Adam gives every parameter its own rate, about $\alpha$ over the typical size
# of its gradient. **(b)** With noise, Adam's mean step shrinks to about $\alpha\gamma /
# \sqrt{\gamma^2 + \sigma^2}$, while the steps of momentum SGD grow with $\sigma$. A feature that
# occurs with probability $p$ moves at a rate proportional to $p$ in momentum SGD and to $\sqrt p$
# in Adam.

# %%
# source: proofsheet.learning.optimizer_paths: random_steps, rare_gradients, noisy_gradients
# source: problems.dl_hw1.p3_adam.experiments: PROBABILITY, NOISE, REPETITIONS, RANDOM_STEPS, SETTLE
# source: problems.dl_hw1.p3_adam.experiments: random_means
# source: proofsheet.notebooks.workflow_results: RESULTS, solved

# %%
SEED = 0
means = solved("dl_hw1/p3_adam") or random_means(SEED)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5))
for name, marker in (("adam", "o"), ("momentum", "s")):
    left.loglog(PROBABILITY, means[f"sparse_{name}"], marker, label=name)
    (drawn,) = right.loglog(NOISE, means[f"noise_{name}_mean"], marker, label=f"{name}, mean")
    right.loglog(
        NOISE, means[f"noise_{name}_rms"], marker, mfc="none", color=drawn.get_color(),
        label=f"{name}, root mean square",
    )  # fmt: skip
left.loglog(PROBABILITY, np.sqrt(PROBABILITY), "k-", lw=0.8, label=r"$\sqrt{p}$")
left.loglog(PROBABILITY, PROBABILITY / (1 - MOMENTUM), "k:", lw=0.8, label=r"$p/(1 - \mu)$")
right.loglog(NOISE, 1 / np.sqrt(1 + NOISE**2), "k-", lw=0.8, label=r"$1/\sqrt{1 + \sigma^2}$")
left.set(xlabel="probability of a gradient", ylabel="mean step over α")
right.set(xlabel="noise σ around a mean gradient of 1", ylabel="step over α")
left.legend()
right.legend(fontsize=7)
plt.show()

# %%
frequent = 10 * (1 - BETAS[1]) <= PROBABILITY
for name in ("adam", "momentum"):
    mean = means[f"sparse_{name}"]
    slope = np.polyfit(np.log(PROBABILITY[frequent]), np.log(mean[frequent]), 1)[0]
    print(f"sparse.{name}.exponent = {slope:.3f}")
    print(f"sparse.{name}.ratio = {mean[-1] / mean[0]:.0f}")
    print(f"noise.{name}.loudest.rms = {means[f'noise_{name}_rms'][-1]:.3f}")
