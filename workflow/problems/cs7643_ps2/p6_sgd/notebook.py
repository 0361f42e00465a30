# %% [markdown]
# # Problem 6: SGD
#
# Is SGD with batch size 1 on $f(w) = \frac12 (w - 2)^2 + \frac12 (w + 1)^2$ guaranteed to decrease
# $f$ in every iteration? No. Here are the counterexample and a map of all steps, in exact
# arithmetic; the derivation is in the PDF. Needs `pip install numpy matplotlib`.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

# %%
# source: problems.cs7643_ps2.p6_sgd.model

# %% [markdown]
# ## The counterexample
#
# At $w = 1$ a step on $f_1$ with $\eta = \frac14$ decreases $f_1$ and increases $f$. A smaller step
# does not help: the slopes of $f_1$ and $f$ have opposite signs at $w = 1$.

# %%
w, eta = Fraction(1), Fraction(1, 4)
after = step(w, 0, eta)
print(f"w: {w} -> {after}")
print(f"f_1: {term(0, w)} -> {term(0, after)}")
print(f"f: {loss(w)} -> {loss(after)}")
assert term(0, after) < term(0, w)
assert loss(after) > loss(w)
for k in range(1, 40):
    assert loss(step(w, 0, Fraction(1, 2**k))) > loss(w)

# %% [markdown]
# ## When it happens
#
# With $e = w - \frac12$ and $r = \frac{3\eta}{2(2 - \eta)}$, a step on $f_1$ raises $f$ exactly for
# $-r < e < \frac32$, and a step on $f_2$ exactly for $-\frac32 < e < r$. Every step of a grid
# agrees.

# %%
# source: problems.cs7643_ps2.p6_sgd.derivations: HALF, overshoot, rises

# %%
PER_UNIT = 40
points = [Fraction(k, PER_UNIT) for k in range(-3 * PER_UNIT, 4 * PER_UNIT + 1)]
rates = [Fraction(k, PER_UNIT) for k in range(1, 2 * PER_UNIT)]
change = np.array(
    [[[loss(step(w, i, eta)) - loss(w) for w in points] for eta in rates] for i in range(2)]
)
rising = change > 0
predicted = np.array([[rises(w - HALF, eta) for w in points] for eta in rates])
wrong = np.sum(np.moveaxis(predicted, 2, 0) != rising)
print(f"grid.steps = {rising.size:,}")
print(f"grid.rising = {rising.sum():,}")
print(f"grid.unchanged = {(change == 0).sum():,}")
print(f"grid.mispredicted = {wrong:,}")

# %% [markdown]
# Between the minimizers $-1$ and $2$ some step raises $f$ for every step size, however small. Near
# $\frac12$ both steps do. Above the dashed line $f$ increases on average.

# %%
figure, axis = plt.subplots(figsize=(8, 3.5))
kinds = rising[0] + 2 * rising[1]
across, up = [float(w) for w in points], [float(eta) for eta in rates]
picture = axis.pcolormesh(across, up, kinds, cmap=plt.get_cmap("Pastel1", 4), vmin=-0.5, vmax=3.5)
bar = figure.colorbar(picture, ticks=[0, 1, 2, 3])
bar.ax.set_yticklabels(["no step raises f", "the step on $f_1$", "the step on $f_2$", "both"])
fine = np.linspace(0.01, 1.99, 200)
for sign in (-1, 1):
    axis.plot(0.5 + sign * 1.5 * fine / (2 - fine), fine, "k")
    axis.plot(0.5 + sign * 1.5 * np.sqrt(fine / (2 - fine)), fine, "k--")
axis.set(xlabel="w", ylabel="step size", xlim=(-3, 4))
plt.show()
