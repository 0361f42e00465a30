# %% [markdown]
# # CSCI 5527, homework 2, problem 4: classification of dry beans
#
# From sixteen measurements of a photographed bean, say which of seven varieties it is: (a) by a
# support vector machine, a random forest or boosting; (b) by a multi-layer perceptron. The data
# are split 60 : 20 : 20; hyperparameters are tuned on training and validation rows only, and the
# test rows are used once for each part.
#
# The notebook needs numpy, scipy, pandas, openpyxl, scikit-learn, torch and matplotlib, and runs
# on one CPU core in about a minute. It tunes on a grid around the values that the full search of
# the report has chosen, and treats the first of the report's three splits.

# %%
import os
import socket

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from sklearn.metrics import ConfusionMatrixDisplay

QUICK = os.environ.get("PROOFSHEET_PRESET") == "quick"
SEED = 0
torch.set_num_threads(1)
pd.set_option("display.max_colwidth", None)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# %% [markdown]
# ## The data
#
# Without the workbook and without a network, beans are simulated: outlines of seven varieties are
# drawn, filled with pixels and measured by the published definitions of the features. Numbers are
# then those of simulated beans, and the notebook says so.

# %%
# source: proofsheet.data.bean_features

# %%
# source: proofsheet.data.standins.beans

# %%
# source: proofsheet.data.splits


# %%
def workbook():
    """The file in a mirror or beside the notebook."""
    folders = [os.path.join(os.environ.get("PROOFSHEET_MIRROR") or "", "dry_bean"), "."]
    for folder in folders:
        path = os.path.join(folder, "Dry_Bean_Dataset.xlsx")
        if os.path.exists(path):
            print(f"Read from {os.path.basename(path)}.")
            return pd.read_excel(path, sheet_name="Dry_Beans_Dataset")
    return None


def official():
    """The UCI Machine Learning Repository, if it can be reached."""
    try:
        socket.create_connection(("archive.ics.uci.edu", 443), timeout=5).close()
        from ucimlrepo import fetch_ucirepo

        answer = fetch_ucirepo(id=602).data
    except Exception as error:
        print(f"UCI cannot be asked ({error}).")
        return None
    print("Fetched from the UCI Machine Learning Repository.")
    return pd.concat([answer.features, answer.targets], axis=1)


def load_beans():
    """Features (n, 16), classes (n,) and their names."""
    for source in (workbook, official):
        table = source()
        if table is not None:
            # The columns have one order and slightly different names in the two sources.
            names, y = np.unique(table["Class"].str.upper(), return_inverse=True)
            return table.iloc[:, :16].to_numpy(float), y.astype(np.int64), list(names)
    print("NOT THE REAL DATA: these beans are simulated.")
    return *simulate(600 if QUICK else 3000, SEED), list(CLASS_NAMES)


x, y, names = load_beans()
kept = first_occurrences(x)
print(f"{len(x)} rows, {len(x) - len(kept)} of them repetitions, which are removed")
x, y = x[kept], y[kept]

# %% [markdown]
# ## Measures
#
# All are read off the confusion matrix; resampling test rows with replacement is one multinomial
# draw of it.

# %%
# source: proofsheet.learning.classification

# %% [markdown]
# ## Preprocessing, tuning, and a test set that opens once

# %%
# source: problems.csci5527_hw2.p4_dry_beans.features
# source: proofsheet.learning.model_selection

# %%
train, validation, test = ((x[rows], y[rows]) for rows in stratified_split(y, FRACTIONS, SEED))
split = Split(train, validation, SealedTest(*test))
pd.DataFrame(
    {
        name: np.bincount(rows, minlength=len(names))
        for name, rows in (("train", train[1]), ("validation", validation[1]), ("test", test[1]))
    },
    index=names,
)

# %% [markdown]
# ## (a) Support vector machine, random forest, boosting

# %%
# source: problems.csci5527_hw2.p4_dry_beans.classical

# %%
grids = {
    SVM: grid(features=("sixteen", "six"), C=(3, 10, 30), gamma=(1 / 16, 1 / 8)),
    FOREST: grid(features=("sixteen",), n_estimators=(200,), min_samples_leaf=(1,)),
    BOOSTING: grid(
        features=("sixteen", "six"), max_iter=(150,), learning_rate=(0.05,), max_leaf_nodes=(8,)
    ),
}
if QUICK:
    grids = CLASSICAL_GRIDS["small"]
trials = list(tune(grids, split.train, split.validation, seed=SEED))
pd.DataFrame(
    {
        "classifier": [trial.family for trial in trials],
        "setting": [described(trial.settings) for trial in trials],
        "validation accuracy": [trial.validation_accuracy for trial in trials],
        "validation macro F1": [trial.validation_macro_f1 for trial in trials],
    }
).sort_values("validation accuracy", ascending=False, kind="stable").head(10)

# %% [markdown]
# The best by validation accuracy is fitted to training and validation rows together and meets the
# test rows.

# %%
chosen = best(trials)
print(f"Chosen: {chosen.family}, {described(chosen.settings)}")
predict = fit_pipeline(chosen.family, chosen.settings, split.fitting_rows(), seed=SEED)
classical = split.test.predictions(predict)


# %%
def report(predicted):
    """Accuracy, macro F1 and recalls on the test rows, and the confusion matrix."""
    confusion = confusion_matrix(split.test.y, predicted, len(names))
    measured = summary(confusion, names)
    low, high = measured["test_interval"]["low"], measured["test_interval"]["high"]
    print(
        f"test accuracy {measured['test_accuracy']:.4f} (95 % interval {low:.4f} to {high:.4f}),"
        f" macro F1 {measured['macro_f1']:.4f}"
    )
    print("recall:", {name: round(value, 3) for name, value in measured["recall"].items()})
    ConfusionMatrixDisplay(confusion, display_labels=names).plot(
        cmap="cividis", xticks_rotation=45, colorbar=False
    )
    plt.grid(False)
    plt.show()


report(classical)

# %% [markdown]
# ## (b) Multi-layer perceptrons
#
# Several networks of one shape, whose weights are the slices of one tensor per layer, are trained
# side by side; their mean probability is the classifier. The search goes along one hyperparameter
# after the other.

# %%
# source: proofsheet.jobs.device: make_deterministic
# source: problems.csci5527_hw2.p4_dry_beans.mlp_ensemble

# %%
make_deterministic()
start = MLP_START["small" if QUICK else "full"] | {"features": "six", "learning_rate": 1e-2}
axes = {
    "hidden": ((64,), (64, 64), (128, 128)),
    "weight_decay": (1e-2, 1e-1),
    "dropout": (0.0, 0.1),
}


def trial_of(settings):
    """One setting, fitted to the training rows and scored on the validation rows."""
    classifier, curves, _ = fit_mlp(
        settings, split.train, seed=SEED, device=device, validation=split.validation
    )
    return scored(MLP, settings, classifier, split.validation, curves=curves)


search = list(coordinate_search(start, axes, trial_of))
pd.DataFrame(
    {
        "tuned": [axis for axis, _ in search],
        "setting": [described(trial.settings) for _, trial in search],
        "validation accuracy": [trial.validation_accuracy for _, trial in search],
        "validation loss": [trial.curves["validation_loss"][-1] for _, trial in search],
    }
)

# %%
chosen = best(trial for _, trial in search)
print(f"Chosen: {described(chosen.settings)}")
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
for panel, name in ((left, "loss"), (right, "accuracy")):
    panel.plot(chosen.curves[name], label="training")
    panel.plot(chosen.curves[f"validation_{name}"], "--", label="validation")
    panel.set(xlabel="epoch", ylabel=name)
left.legend()
plt.show()

# %% [markdown]
# The test rows have answered for part (a). They are the same rows for part (b), sealed anew: one
# classifier, one question.

# %%
predict, _, parameters = fit_mlp(chosen.settings, split.fitting_rows(), seed=SEED, device=device)
print(f"{parameters} parameters per network")
perceptrons = SealedTest(*test).predictions(predict)
report(perceptrons)

# %% [markdown]
# ## Is the difference more than the luck of the test rows?

# %%
paired_difference(split.test.y, classical, perceptrons)
