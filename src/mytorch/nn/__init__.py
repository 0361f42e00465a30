"""Everything of `mytorch` under one name, as in `torch.nn` and `torch.optim`."""

from mytorch.nn.modules import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    Loss,
    MaxPool2d,
    Module,
    MSELoss,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
)
from mytorch.nn.optim import SGD, Adam, Optimizer
from mytorch.nn.sequential import Sequential
from mytorch.utils.gradient_check import gradient_check

__all__ = [
    "SGD",
    "Adam",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Linear",
    "Loss",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "Optimizer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "gradient_check",
]
