# %% [markdown]
# # Problem 7: Implement and train a network on CIFAR-10
#
# Part 1 in NumPy, part 2 and the extra credit in PyTorch. The derivations are in the PDF; here are
# the code, the formulas with their checks, and the trainings. The notebook needs numpy, torch,
# tqdm, matplotlib, sympy and, without a mirror, torchvision. Without a GPU the networks of part 2
# and of the extra credit are trained on a fifteenth of the images and judged on 1,000, which takes
# about two minutes on one core; the PDF has the results of all images.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip

# %% [markdown]
# ## The data
#
# From a mirror if there is one, else by `torchvision`. Batches are pickled; they are read once
# their checksums have been compared, by an unpickler that knows nothing but arrays. Without either
# source objects are drawn: numbers are then those of drawn objects, and the notebook says so.

# %%
# source: proofsheet.data.cifar_batches

# %%
# source: proofsheet.data.standins.objects

# %%
# source: proofsheet.notebooks.loaders.cifar10

# %%
(all_x, all_y), (test_x, test_y) = load_cifar10(drawn=1200 if QUICK else 6000, seed=SEED)
if QUICK:
    all_x, all_y, test_x, test_y = all_x[:1200], all_y[:1200], test_x[:500], test_y[:500]
order = np.random.default_rng(SEED).permutation(len(all_x))
held_back = len(order) // 10
val, train = order[:held_back], order[held_back:]
print(f"{len(train):,} training, {len(val):,} validation and {len(test_x):,} test images")

# %%
figure, axes = plt.subplots(2, 10, figsize=(12, 2.8))
for k, column in enumerate(axes.T):
    for panel, row in zip(column, np.flatnonzero(all_y == k)[:2], strict=True):
        panel.imshow(all_x[row])
        panel.axis("off")
    column[0].set_title(NAMES[k], fontsize=8)
plt.show()

# %% [markdown]
# ## Part 1: a ConvNet in NumPy
#
# The layers of `mytorch`: convolution and pooling with their backward passes, ReLU, linear layer,
# softmax with cross-entropy, and SGD with momentum.

# %%
# source: mytorch.nn.modules.module
# source: mytorch.nn.init
# source: mytorch.nn.modules.windows
# source: mytorch.nn.modules.conv
# source: mytorch.nn.modules.pooling
# source: mytorch.nn.modules.activation: ReLU
# source: mytorch.nn.modules.flatten
# source: mytorch.nn.modules.linear
# source: mytorch.nn.modules.loss: Loss, SoftmaxCrossEntropy
# source: mytorch.nn.optim: Optimizer, SGD
# source: mytorch.nn.sequential
# source: mytorch.utils.gradient_check

# %%
# source: problems.cs7643_ps2.p7_cifar10.numpy_convnet

# %% [markdown]
# The first 50 training images, learned by heart.

# %%
few_x, few_y = all_x[:FEW], all_y[:FEW]
mean = few_x.mean(axis=0)
model = convnet(SEED)
error = gradient_check(
    model, centered(few_x[:1], mean) / 64, few_y[:1], 1e-6, sample=10,
    loss=SoftmaxCrossEntropy(),
)  # fmt: skip
print(f"largest relative error of the gradient check: {error:.1e}")
curves = fit(model, few_x, few_y, mean, Recipe(), rng=np.random.default_rng(SEED))
right = (predicted(model, few_x, mean) == few_y).mean()
print(f"training accuracy after ten epochs: {right:.2f}")
figure, panels = plt.subplots(1, 2, figsize=(9, 3))
panels[0].plot(curves["loss"].ravel())
panels[0].set(xlabel="step", ylabel="loss", yscale="symlog")
panels[1].plot(np.arange(1, 11), curves["accuracy"].mean(axis=1), "o-")
panels[1].set(xlabel="epoch", ylabel="training accuracy")
plt.show()

# %% [markdown]
# The same network on the training set, once (in this notebook on a third of it; `len(train)` in the
# place of `15_000` takes all, as the report did).

# %%
part = train[:15_000]
mean = all_x[part].mean(axis=0)
model = convnet(SEED)
once = Recipe(epochs=1, batch=50)
fit(model, all_x[part], all_y[part], mean, once, rng=np.random.default_rng(SEED))
right = (predicted(model, test_x, mean) == test_y).mean()
print(f"{len(part):,} images, test accuracy after one epoch: {100 * right:.2f} %")

# %% [markdown]
# ## Part 2: PyTorch

# %%
# source: proofsheet.jobs.progress
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop: denormals_flushed, parameter_count

# %%
# source: proofsheet.learning.augmentation

# %%
# source: proofsheet.learning.conv3x3_gradient
# source: proofsheet.learning.small_image_nets

# %% [markdown]
# From here on `fit` is the one for PyTorch.

# %%
# source: proofsheet.learning.sgd_loop

# %%
# source: problems.cs7643_ps2.p7_cifar10.recipes: Plan, PLANS, LONG_TAIL, CHOICES, without

# %%
mixed = mixed_precision(device)
used = train if device.type == "cuda" else train[: len(train) // 15]


def tensors(x, y):
    """On the device."""
    return torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)


if device.type == "cpu":
    val, test_x, test_y = (part[:1000] for part in (val, test_x, test_y))
rows, held = tensors(all_x[used], all_y[used]), tensors(all_x[val], all_y[val])
test = tensors(test_x, test_y)
found = {}
figure, panels = plt.subplots(1, 3, figsize=(12, 3), sharey=True)
for panel, name in zip(panels, PLANS, strict=True):
    plan = PLANS[name].on(device, epochs=1 if QUICK else None)
    model = plan.build(all_x[used], SEED, device)
    curves = fit(
        model, rows, held, plan.recipe, seed=SEED, label=name, augment=plan.augment, mixed=mixed
    )
    found[name] = logits_of(model, test[0], both_ways=plan.both_ways, mixed=mixed).argmax(1)
    right = (found[name] == test[1]).double().mean().item()
    print(f"{name}: {parameter_count(model):,} parameters, test accuracy {100 * right:.2f} %")
    for what in ("accuracy", "validation_accuracy"):
        panel.plot(np.arange(1, len(curves[what]) + 1), curves[what], "o-", label=what)
    panel.set(title=name, xlabel="epoch")
panels[0].legend()
plt.show()

# %%
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (test_y, found["own"].cpu().numpy()), 1)
figure, axes = plt.subplots(figsize=(6, 6))
axes.imshow(confusion, cmap="cividis")
for (row, column), count in np.ndenumerate(confusion):
    axes.text(column, row, count, ha="center", va="center", color="white", fontsize=7)
axes.set_xticks(range(10), NAMES, rotation=45, ha="right")
axes.set_yticks(range(10), NAMES)
axes.set(xlabel="predicted", ylabel="true")
plt.show()

# %% [markdown]
# ## Extra credit: a long tail

# %%
# source: problems.cs7643_ps2.p7_cifar10.long_tail

# %%
kept = long_tailed_rows(all_y[used], 10, seed=SEED)
tail_x, tail_y = all_x[used][kept], all_y[used][kept]
counts = np.bincount(tail_y, minlength=10)
print("images", counts.tolist())
print("weights", class_balanced_weights(counts).round(3).tolist())
plan = LONG_TAIL.on(device, epochs=1 if QUICK else None)
for name in LOSSES:
    model = plan.build(tail_x, SEED, device)
    fit(
        model, tensors(tail_x, tail_y), held, plan.recipe, seed=SEED, label=name,
        augment=plan.augment, loss=loss_of(name, counts), mixed=mixed,
    )  # fmt: skip
    called = logits_of(model, test[0], mixed=mixed).argmax(1).cpu().numpy()
    recalls = [100 * (called[test_y == k] == k).mean() for k in range(10)]
    print(f"{name:15} accuracy {100 * (called == test_y).mean():5.2f} %, recall of each class",
          " ".join(f"{recall:4.0f}" for recall in recalls))  # fmt: skip

# %% [markdown]
# ## The formulas of the chapter and their checks

# %%
# source: proofsheet.checks
# source: problems.cs7643_ps2.p7_cifar10.derivations

# %%
import __main__

for check in checks_of(__main__):
    result = check()
    print("ok  " if result.passed else "FAIL", f"{result.max_error:.1e}", result.claim)
    assert result.passed
