# %% [markdown]
# # Question 6: Batch norm, dropout and convolutions
#
# The code, the formulas with their checks, and the experiments; derivations and explanations are in
# the PDF. The notebook needs numpy, sympy, torch, tqdm, matplotlib and, without a mirror,
# torchvision. Without a GPU it runs in miniature: fewer weight scales and seeds in NumPy, and in
# PyTorch a tenth of the images for one or two epochs, judged on 1,000. The PDF has the results of
# all images.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
import torch

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
torch.set_num_threads(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

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
few = 300 if QUICK else 1000
mean = all_x[:few].mean(axis=0)


def rows_of(part, labels):
    """Images as (n, 3, 32, 32), minus the mean image, of about unit size."""
    centered = (part - mean).astype(np.float32) / 64
    return np.ascontiguousarray(centered.transpose(0, 3, 1, 2)), labels


seen, held = rows_of(all_x[:few], all_y[:few]), rows_of(all_x[-few:], all_y[-few:])
print(f"{len(all_x):,} training and {len(test_x):,} test images; NumPy nets see {few:,}")

# %% [markdown]
# ## (a) The graph of batch normalization
#
# Our own automatic differentiation: a table of derivatives, nodes that remember how they were made,
# and the sweep back. It records the forward pass, and the record is drawn.

# %%
# source: proofsheet.autodiff.primitives
# source: proofsheet.autodiff.node
# source: proofsheet.autodiff.forward
# source: proofsheet.autodiff.reverse
# source: proofsheet.autodiff.trace
# source: proofsheet.autodiff.drawing

# %%
# source: problems.eecs182_hw5.q6_cnn.derivations: EPS, forward, traced, operations, contracted

# %%
rng = np.random.default_rng(SEED)
nodes = traced(rng.normal(1, 2, (5, 3)), rng.normal(size=3), rng.normal(size=3))
figure, (upper, lower) = plt.subplots(2, 1, figsize=(10, 7))
draw_graph(upper, {step.name: step.parents for step in contracted(nodes)})
every_step = operations(nodes)
draw_graph(
    lower, {step.name: step.parents for step in every_step}, row_distance=1.0,
    above={step.name: f"${step.expression}$" for step in every_step if step.parents},
)  # fmt: skip
plt.show()

# %% [markdown]
# ## (b) The closed form
#
# For n = 2 and 3 against SymPy, for more against PyTorch's own layer.

# %%
# source: proofsheet.checks

# %%
# source: problems.eecs182_hw5.q6_cnn.derivations: Rng, draw_batch, autograd
# source: problems.eecs182_hw5.q6_cnn.derivations: closed_form, closed_form_symbolic
# source: problems.eecs182_hw5.q6_cnn.derivations: closed_form_autograd, silent_edge
# source: problems.eecs182_hw5.q6_cnn.derivations: node_gradients, gradients_of_the_nodes
# source: problems.eecs182_hw5.q6_cnn.derivations: parameter_gradients
# source: problems.eecs182_hw5.q6_cnn.derivations: gradients_of_the_parameters
# source: problems.eecs182_hw5.q6_cnn.derivations: what_the_gradient_cannot_do

# %%
for check in (
    silent_edge, closed_form_symbolic, closed_form_autograd, gradients_of_the_nodes,
    gradients_of_the_parameters, what_the_gradient_cannot_do,
):  # fmt: skip
    result = check()
    print(f"{result.id:30} error {result.max_error:.1e}, passed: {result.passed}")

# %% [markdown]
# ## NumPy: layers and networks
#
# Every layer keeps in `forward` what `backward` needs. Batch norm has both backward passes.

# %%
# source: mytorch.nn.modules.module
# source: mytorch.nn.init
# source: mytorch.nn.modules.windows
# source: mytorch.nn.modules.batchnorm
# source: mytorch.nn.modules.dropout
# source: mytorch.nn.modules.conv
# source: mytorch.nn.modules.pooling
# source: mytorch.nn.modules.activation: ReLU
# source: mytorch.nn.modules.flatten
# source: mytorch.nn.modules.linear
# source: mytorch.nn.modules.loss: Loss, SoftmaxCrossEntropy
# source: mytorch.nn.optim: Optimizer, Adam
# source: mytorch.nn.sequential
# source: mytorch.utils.gradient_check
# source: problems.eecs182_hw5.q6_cnn.numpy_nets
# source: problems.eecs182_hw5.q6_cnn.batchnorm_speed

# %%
x = rng.standard_normal((3, 2, 4, 6))
for normalize in (False, True):
    small = three_layer_convnet(
        (2, 4, 6), filters=3, kernel=3, hidden=5, classes=4, normalize=normalize, rng=rng
    )
    error = gradient_check(small, x, np.array([0, 1, 3]), loss=SoftmaxCrossEntropy())
    print(f"ConvNet, spatial batch norm {normalize}: largest relative error {error:.1e}")
timed = speeds(10 if QUICK else 100, SEED)
print(f"closed form {timed['speedup']:.1f} times as fast as the graph, same gradients within"
      f" {timed['rows']['difference']:.0e}")  # fmt: skip

# %% [markdown]
# Six layers with and without batch norm, and eight layers over weight scales.

# %%
pixel_rows = [(part.reshape(len(part), -1), labels) for part, labels in (seen, held)]


def curves_of(sizes, recipe, images=few, **options):
    """One fully connected net."""
    rng = np.random.default_rng(SEED)
    model = fully_connected((3072, *sizes, 10), rng=rng, **options)
    part = tuple(values[:images] for values in pixel_rows[0])
    return fit(model, part, pixel_rows[1], recipe, rng=rng)


figure, panels = plt.subplots(1, 2, figsize=(10, 3))
scales = np.logspace(-4, 0, 5 if QUICK else 9)
for normalize in (False, True):
    label = f"batch norm: {normalize}"
    deep = curves_of((100,) * 5, AdamRecipe(), init=0.02, normalize=normalize)
    panels[0].plot(np.arange(1, 11), deep["train_accuracy"], "o-", label=label)
    best = [
        curves_of((50,) * 7, AdamRecipe(), init=float(scale), normalize=normalize)[
            "train_accuracy"
        ].max()
        for scale in scales
    ]
    panels[1].semilogx(scales, best, "o-", label=label)
panels[0].set(xlabel="epoch", ylabel="training accuracy", title="six layers")
panels[1].set(xlabel="weight scale", title="eight layers, best training accuracy")
panels[0].legend()
plt.show()

# %% [markdown]
# ## (c) Dropout

# %%
figure, panels = plt.subplots(1, 2, figsize=(10, 3))
for rate in (0.0, 0.5):
    recipe = AdamRecipe(epochs=15, batch=100, learning_rate=5e-4)
    curves = curves_of((500,), recipe, few // 2, init=1e-2, dropout=rate)
    for panel, name in zip(panels, ("train_accuracy", "validation_accuracy"), strict=True):
        panel.plot(np.arange(1, 16), curves[name], "o-", label=f"dropout {rate}")
        panel.set(xlabel="epoch", title=name)
panels[0].legend()
plt.show()

# %% [markdown]
# ## (d) PyTorch
#
# The given networks, then a design of our own: its candidates, the trials, the training.
#
# On CIFAR-10 test accuracies of 70, 72 and 80 % are asked for. They are held against trainings on
# all images: those of the PDF and, with a GPU, of this notebook.

# %%
# source: proofsheet.jobs.progress
# source: proofsheet.jobs.device: on_gpu, bfloat16_is_fast, mixed_precision
# source: proofsheet.learning.loop
# source: proofsheet.learning.augmentation

# %%
# source: problems.eecs182_hw5.q6_cnn.designs: FromBytes, given_net
# source: problems.eecs182_hw5.q6_cnn.designs: GIVEN, GIVEN_BATCH, GIVEN_EPOCHS
# source: problems.eecs182_hw5.q6_cnn.designs: adamw, halves

# %%
used = len(all_x) if device.type == "cuda" else len(all_x) // 10
mixed = mixed_precision(device)


def tensors(x, y):
    """On the device."""
    return torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)


def share_right(logits, labels):
    """In per cent."""
    return 100 * (logits.argmax(1) == labels).double().mean().item()


images = tensors(all_x[:used], all_y[:used])
judged = None if device.type == "cuda" else 2_000
validation, test = (tensors(*part) for part in halves(test_x[:judged], test_y[:judged]))
for name, options in GIVEN.items():
    torch.manual_seed(SEED)
    model = given_net(10, **options).to(device)
    recipe = Recipe(epochs=1 if QUICK else GIVEN_EPOCHS, batch=GIVEN_BATCH)
    train(
        model, images, validation, recipe, seed=SEED, label=name, mixed=mixed,
        augment=Augmentation(reach=0), optimizer=adamw,
    )  # fmt: skip
    right = share_right(logits_of(model, test[0]), test[1])
    print(f"{name}: {parameter_count(model):,} parameters, test accuracy {right:.2f} %")

# %% [markdown]
# The candidates for our own design. `logits_of` is from here on the one of this module.

# %%
# source: proofsheet.learning.conv3x3_gradient
# source: proofsheet.learning.small_image_nets: CLASSES, WIDTHS, LOGIT_SCALE, Standardize, Filters
# source: proofsheet.learning.small_image_nets: Layer, Detour, FoldedNet
# source: proofsheet.learning.sgd_loop
# source: problems.eecs182_hw5.q6_cnn.designs: MOST_PARAMETERS, MOST_STEPS, MOST_EPOCHS
# source: problems.eecs182_hw5.q6_cnn.designs: Design, _BASE, _changed, DESIGNS, chosen

# %% [markdown]
# The trials: short trainings, judged on validation images (even places of the test images).

# %%
trial_images = tuple(part[: 15_000 if device.type == "cuda" else used // 2] for part in images)
found = {}
for name, design in DESIGNS.items():
    short = design.short(1 if QUICK else 2)
    model = short.build(all_x[:used], 10, SEED).to(device)
    curves = fit(
        model, trial_images, validation, short.recipe, seed=SEED, label=name,
        augment=short.augment, mixed=mixed,
    )  # fmt: skip
    found[name] = curves["validation_accuracy"][-1]
    print(f"{design.label:40} {100 * found[name]:.1f} %")

# %% [markdown]
# The best of them, trained to the end (without a GPU: on fewer images, for two epochs).

# %%
name = chosen(found)
design = DESIGNS[name] if device.type == "cuda" else DESIGNS[name].short(1 if QUICK else 2)
model = design.build(all_x[:used], 10, SEED).to(device)
curves = fit(
    model, images, validation, design.recipe, seed=SEED, label=name, augment=design.augment,
    mixed=mixed,
)  # fmt: skip
steps = design.recipe.epochs * -(-used // design.recipe.batch)
right = share_right(logits_of(model, test[0], mixed=mixed), test[1])
print(f"{name}: {parameter_count(model):,} of {MOST_PARAMETERS:,} parameters, {steps:,} of"
      f" {MOST_STEPS:,} steps, test accuracy {right:.2f} %")  # fmt: skip
