# %% [markdown]
# # Problem 7, extra credit: a long tail
#
# ResNet-32 on CIFAR-10 with classes of very different size: cross-entropy, class-balanced
# cross-entropy and the class-balanced focal loss. Needs
# `pip install numpy torch torchvision matplotlib`. Beside the results of the workflow it reads
# the finished trainings; elsewhere it trains, in about five minutes on a core that multiplies
# bfloat16 fast.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if device.type == "cpu":
    torch.set_float32_matmul_precision("medium")  # products round as in the report

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, prepared, divided, saved, drawn
# source: proofsheet.data.splits: FRACTIONS, stratified_split
# source: proofsheet.notebooks.clients: official_cifar10, by_torchvision

# %%
data = prepared("cifar10") or official_cifar10()
NAMES = data.class_names

# %% [markdown]
# ## The data and the losses
#
# Class $k$ keeps $n_0 \cdot 100^{-k/9}$ of its images. The weights are $1/E_n$ with mean 1, where
# $E_n = (1 - \beta^n)/(1 - \beta)$ is the effective number of images (Cui et al. 2019). The focal
# loss is $-w_y (1 - p_y)^\gamma \log p_y$ (Lin et al. 2017).

# %%
# source: problems.cs7643_ps2.p7_cifar10.long_tail

# %% [markdown]
# ## ResNet-32 and its training

# %%
# source: proofsheet.learning.small_image_nets: CLASSES, Standardize, ResidualPair, Mean, resnet32

# %%
# source: proofsheet.notebooks.epochs
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop: denormals_flushed, fit, logits_of
# source: proofsheet.learning.loop: to_device, share_right, parameter_count
# source: proofsheet.learning.recipes: SgdRecipe, changed
# source: proofsheet.learning.augmentation
# source: proofsheet.learning.classification: accuracy, confusion_matrix, recall

# %%
# source: proofsheet.learning.cifar_plan: Plan, rows_on
# source: problems.cs7643_ps2.p7_cifar10.recipes: LONG_TAIL

# %%
# source: problems.cs7643_ps2.p7_cifar10.train: train_long_tail

# %%
runs = {}
for name in LOSSES:
    path = f"cs7643_ps2/p7_cifar10/runs/{name}"
    runs[name], _ = saved(path) or train_long_tail(data, device, loss=name, seed=SEED)
counts = np.array(runs["cross_entropy"]["counts"])
weights = class_balanced_weights(counts)
print(f"imbalanced.images = {counts.sum():,}")
print(f"imbalanced.weight_ratio = {weights.max() / weights.min():.1f}")

# %% [markdown]
# ## Result
#
# Cross-entropy puts the logarithm of a class's share into its logit and so favors frequent classes;
# the weights remove most of this. The focal factor depends on the image and not on its class. Each
# loss is trained once and, on a CPU, for five epochs instead of the paper's 200, so the accuracies
# are low and a small difference between the two weighted losses means nothing.

# %%
order = np.argsort(-counts, kind="stable")
for name, run in runs.items():
    recalls = np.array(run["recall"])
    print(f"imbalanced.{name}.test_accuracy = {100 * run['test_accuracy']:.1f} %")
    print(f"imbalanced.{name}.groups.frequent = {100 * recalls[order[:3]].mean():.1f} %")
    print(f"imbalanced.{name}.groups.rare = {100 * recalls[order[-3:]].mean():.1f} %")
    for label, value in zip(NAMES, recalls, strict=True):
        print(f"imbalanced.{name}.per_class.{label.replace(' ', '_')} = {100 * value:.1f} %")

# %%
place = np.arange(len(NAMES))
plt.figure(figsize=(9, 3.5))
for k, (name, run) in enumerate(runs.items()):
    plt.bar(place + 0.27 * (k - 1), 100 * np.array(run["recall"]), 0.25, label=name)
labels = [f"{name}\n{count:,}" for name, count in zip(NAMES, counts, strict=True)]
plt.xticks(place, labels, fontsize=8)
plt.ylabel("test recall / %")
plt.legend()
plt.show()
