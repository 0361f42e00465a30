# %% [markdown]
# # Problem 3: Adam and SGD with momentum
#
# The derivations are in the PDF. This notebook has our Adam, checks the first two steps
# symbolically and against it and PyTorch's, and runs Adam beside momentum SGD.

# %%
# source: proofsheet.learning.optimizers: PIECE, _Slot, Optimizer
# source: proofsheet.learning.optimizers: Adam, _rows_at_once, _with_penalty
# source: proofsheet.learning.optimizers: _trainable, _require
# source: proofsheet.learning.optimizer_paths

# %% [markdown]
# ## How a formula is checked
#
# A check draws random cases and reports the largest error of a formula against an independent
# reference.

# %%
# source: proofsheet.checks

# %% [markdown]
# ## The formulas and their checks

# %%
# source: problems.dl_hw1.p3_adam.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed

# %% [markdown]
# ## The loss times $c$
#
# Adam's path stays where it is, until the gradients fall below $\varepsilon$. Momentum SGD
# diverges or stands still.

# %%
curvature, start = np.array([1.0, 100.0]), np.array([1.0, 1.0])
optimizers = {
    "Adam": lambda params: Adam(params, lr=0.02),
    "momentum": lambda params: torch.optim.SGD(params, lr=2e-3, momentum=0.9),
}
for name, optimizer in optimizers.items():
    for c in (1e-10, 1e-2, 1.0, 1e2):
        run = path(optimizer, start, lambda t, w, c=c: c * curvature * w, 300, bound=1e3)
        loss = run[-1] ** 2 @ curvature / (start**2 @ curvature)
        print(f"{name:9} c = {c:.0e}: loss at the end over loss at the start {loss:.2e}")

# %% [markdown]
# ## The first steps without bias correction, in units of $\alpha$ (with it: 1)

# %%
print({t: round(uncorrected_step(0.9, 0.999, t), 3) for t in (1, 2, 5, 12, 100, 1000, 10_000)})

# %% [markdown]
# ## Rare and noisy gradients
#
# A gradient that occurs with probability $p$ moves a weight by about $\alpha\sqrt p$ per step in
# Adam, and by $\alpha p/(1-\mu)$ in momentum SGD. With noise, Adam's mean step is
# $\alpha/\sqrt{1+\sigma^2}$.

# %%
import os

quick = os.environ.get("PROOFSHEET_PRESET") == "quick"
steps, settle, repetitions = (1000, 500, 20) if quick else (10_000, 3000, 50)
rng = np.random.default_rng(0)
p, sigma = np.array([1e-3, 1e-2, 1e-1, 1.0]), np.array([0.1, 1.0, 10.0, 100.0])
for name, optimizer in {
    "Adam": lambda params: Adam(params, lr=1.0),
    "momentum": lambda params: torch.optim.SGD(params, lr=1.0, momentum=0.9),
}.items():
    rare, _ = random_steps(optimizer, rare_gradients(rng, p, repetitions), steps, settle=settle)
    noise = noisy_gradients(rng, sigma, repetitions)
    noisy, rms = random_steps(optimizer, noise, steps, settle=settle)
    print(name)
    for label, values in (("rare", rare), ("noisy, mean", noisy), ("noisy, rms", rms)):
        print(f"    {label:12}", np.round(values, 4))
print("√p", np.round(np.sqrt(p), 4), " 1/√(1 + σ²)", np.round(signal_to_noise_step(1, sigma), 3))
