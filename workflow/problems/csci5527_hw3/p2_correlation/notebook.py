# %% [markdown]
# # CSCI 5527, homework 3, problem 2: correlation and template matching
#
# In $x \star y$ the second argument stands still and the first slides over it. NumPy and SciPy
# name the standing one first: $x \star y$ is `np.correlate(y, x, "full")`, and $X \star Y$ is
# `scipy.signal.correlate2d(Y, X, mode="full")`.
#
# Needs `pip install numpy scipy pooch torch matplotlib`. SciPy's `correlate2d` takes about ten
# seconds for the example of (f), where the report's result is not at hand; all else is fast.

# %%
import json

import matplotlib.pyplot as plt
import numpy as np
import scipy.signal
import torch

SEED = 0
torch.set_num_threads(1)
plt.rcParams["image.cmap"] = "gray"

# %% [markdown]
# ## The implementation
#
# Directly: every element of the sliding matrix adds its multiple of the standing one to the
# result, shifted to where the two meet. Or by Fourier transforms, which are faster for large
# templates. One dimension is a matrix with one row; many channels are a sum over the channels.

# %%
# source: problems.csci5527_hw3.p2_correlation.correlation

# %% [markdown]
# ## (a) One dimension
#
# $[3, 2, 1] \star [4, 6, 3, 9]$, and with the roles exchanged: the same numbers, read backwards.

# %%
three, four = np.array([3, 2, 1]), np.array([4, 6, 3, 9])
for name, values in (
    ("answer_a", correlate1d(three, four)),
    ("answer_a_reversed", correlate1d(four, three)),
):
    for k, value in enumerate(values):
        print(f"{name}.{k} = {value}")

# %% [markdown]
# So $\star$ does not commute. In general $y \star x$ is $x \star y$ read backwards; the largest
# relative error on 200 random pairs of vectors:

# %%
# source: proofsheet.checks: relative_error, absolute_error
# source: problems.csci5527_hw3.p2_correlation.derivations: tubes, torch_multichannel
# source: problems.csci5527_hw3.p2_correlation.comparisons

# %%
print(f"reversal_max_error = {reversal_error(SEED):.1e}")

# %% [markdown]
# ## (b) The matrix of the filter
#
# $w \star x = C_w x$. Numbers stand for letters: 1, 2, 3 for $w_1, w_2, w_3$ and 1, 2, 3, 4 for
# $x_1, \dots, x_4$.

# %%
w, x = np.array([1, 2, 3]), np.array([1, 2, 3, 4])
print("C_w =", C_w(w, len(x)), sep="\n")
assert np.array_equal(C_w(w, len(x)) @ x, correlate1d(w, x))

# %% [markdown]
# ## (c) The Jacobian with respect to the filter
#
# $w \star x = C_x w$ is linear in $w$, so $C_x$ is the Jacobian with respect to $w$, and $C_w$ that
# with respect to $x$. PyTorch's automatic differentiation agrees.

# %%
print("C_x =", C_x(x, len(w)), sep="\n")
assert np.array_equal(C_x(x, len(w)) @ w, correlate1d(w, x))


def torch_correlate1d(w, x):
    return torch.nn.functional.conv1d(x[None, None], w[None, None], padding=len(w) - 1)[0, 0]


tensors = tuple(torch.from_numpy(a.astype(float)) for a in (w, x))
of_w, of_x = torch.autograd.functional.jacobian(torch_correlate1d, tensors)
assert np.array_equal(of_w, C_x(x, len(w)))
assert np.array_equal(of_x, C_w(w, len(x)))
print("Both are PyTorch's Jacobians.")

# %% [markdown]
# ## (d) Two dimensions, against SciPy
#
# Seven named sizes and 200 random ones; the largest error, relative to the largest entry:

# %%
compared = scipy_errors(SEED)
for row in compared[: len(SHAPES)]:
    shown = ", ".join(f"{way} {row[way]:.1e}" for way in WAYS)
    print(f"Z1 {row['z1']}, Z2 {row['z2']}: {shown}")
print(f"scipy.cases = {len(compared)}")
print(f"scipy.max_relative_error = {max(row[way] for row in compared for way in WAYS):.1e}")

# %% [markdown]
# ## (e) Gradient magnitude
#
# $X_1 = (3, 10, 3)^\top (-1, 0, 1)$ is a central difference along the rows, summed over three rows:
# 32 times the derivative for polynomials of degree at most 2.

# %%
# source: proofsheet.notebooks.workflow_results: RESULTS, solved


# %%
def scipy_images():
    """`ascent` and `face`: those of the workflow, else by SciPy, else noise in their places."""
    prepared_file = RESULTS / "data/scipy_images/images.npz"
    if prepared_file.is_file():
        standin = json.loads((prepared_file.parent / "source.json").read_text())["standin"]
        print("NOT THE REAL IMAGES: they are drawn." if standin else "The images of the report.")
        found = np.load(prepared_file)
        return found["ascent"], found["face"]
    try:
        from scipy import datasets

        return datasets.ascent(), datasets.face()
    except (ImportError, OSError) as error:
        kind = type(error).__name__
        print(f"NOT THE REAL IMAGES: SciPy cannot fetch them ({kind}); noise stands in for them.")
        rng = np.random.default_rng(SEED)
        shapes = (512, 512), (768, 1024, 3)
        return tuple(rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes)


ascent, face = scipy_images()

# %%
X1 = np.array([[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]])
Y = ascent.astype(np.int64)
G1, G2 = correlate2d(X1, Y), correlate2d(X1.T, Y)
magnitude = np.sqrt(G1**2 + G2**2)

scharr = X1 + 1j * X1.T  # SciPy's example: both filters at once, the image mirrored at its border
example = np.abs(scipy.signal.convolve2d(Y, scharr, boundary="symm", mode="same"))

figure, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
bright = np.quantile(example, 0.995)
for axis, image, title, top in (
    (axes[0], ascent, "image", 255),
    (axes[1], magnitude, f"ours, full {magnitude.shape}", bright),
    (axes[2], example, f"SciPy's example {example.shape}", bright),
):
    axis.imshow(image, vmin=0, vmax=top)
    axis.set_title(title)
    axis.set_axis_off()
plt.show()

# %% [markdown]
# Yes, it looks like the magnitude of the gradient: dark where the image is even, bright along its
# edges. Inside the boundary it is nearly proportional to that of the central differences (see the
# correlation coefficient), and equals SciPy's up to rounding. Outside the image the full
# cross-correlation sees black, so the border itself is an edge: its outer pixels have a much larger
# mean than the inside.

# %%
inside = np.s_[1:-1, 1:-1]
same = magnitude[inside]
central = np.hypot(*np.gradient(Y.astype(float)))
correlation = np.corrcoef(same[inside].ravel(), central[inside].ravel())[0, 1]
frame = np.ones(same.shape, dtype=bool)
frame[inside] = False
print(f"gradient.correlation_with_central = {correlation:.4f}")
print(f"gradient.difference_inside = {relative_error(same[inside], example[inside]):.1e}")
print(f"gradient.mean_on_frame = {same[frame].mean():.0f}")
print(f"gradient.mean_inside = {same[inside].mean():.0f}")
print(f"gradient.scipy_mean_on_frame = {example[frame].mean():.0f}")

# %% [markdown]
# ## (f) Template matching
#
# SciPy's example: the right eye of the raccoon, cut out of the image, is found in the image with
# normal noise of standard deviation 50. Template and image are used minus their means.

# %%
# source: problems.csci5527_hw3.p2_correlation.template_matching

# %%
eye = np.s_[300:365, 670:750]
levels = gray(face).astype(float)
image = levels - levels.mean()
template = image[eye] - image[eye].mean()
noise = 50 * np.random.default_rng([SEED, 1]).standard_normal(image.shape)
scores = score_map(image + noise, template)
known = solved("csci5527_hw3/p2_correlation")
scipys = known["scipys"] if known else scipy.signal.correlate2d(
    image + noise, template, boundary="symm", mode="same"
)  # fmt: skip

for name, (row, column) in (("", peak(scores)), ("scipy_", peak(scipys))):
    print(f"template.{name}row = {row}")
    print(f"template.{name}column = {column}")
print(f"template.signal_to_noise = {np.linalg.norm(template) / 50:.1f}")
print(f"Largest difference from SciPy's scores: {relative_error(scores, scipys):.1e}")

# %%
unshifted = score_map(levels + noise, levels[eye])
figure, axes = plt.subplots(1, 4, figsize=(14, 3), layout="constrained")
for axis, shown, title in (
    (axes[0], image + noise, "image with noise"),
    (axes[1], scores, "ours"),
    (axes[2], scipys, "SciPy's"),
    (axes[3], unshifted, "no mean subtracted"),
):
    axis.imshow(shown, cmap="gray" if axis is axes[0] else "cividis")
    axis.set_title(title)
    axis.set_axis_off()
    row, column = peak(scores if axis is axes[0] else shown)
    axis.plot(column, row, "o", ms=9, mfc="none", color="tab:red")
plt.show()

# %% [markdown]
# Ours finds the same place as SciPy's `correlate2d`, which multiplies directly and takes seconds,
# while ours takes Fourier transforms for a template of this size. Without the subtraction of means
# the score is $\langle T - \bar t, P - \bar p \rangle + n\, \bar t\, \bar p$, and its second term
# rewards whatever is bright: the right map has its maximum elsewhere.
#
# ## (g) Many channels, against PyTorch
#
# $H = W = D = 50$, $h = w = 3$; two zeros on every side make PyTorch's result the full one.
# Relative errors of equation (1), of the inner products of tubes, of the slice of the 3D
# cross-correlation, and of ours in float32:

# %%
for name, error in channel_errors(SEED).items():
    print(f"multichannel.{name} = {error:.1e}")
