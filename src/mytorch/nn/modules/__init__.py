"""The layers, one idea per file; all of them are in `mytorch.nn`."""

from mytorch.nn.modules.activation import ReLU, Sigmoid
from mytorch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d
from mytorch.nn.modules.conv import Conv2d
from mytorch.nn.modules.dropout import Dropout
from mytorch.nn.modules.flatten import Flatten
from mytorch.nn.modules.linear import Linear
from mytorch.nn.modules.loss import Loss, MSELoss, SoftmaxCrossEntropy
from mytorch.nn.modules.module import Module
from mytorch.nn.modules.pooling import MaxPool2d

__all__ = [
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
    "ReLU",
    "Sigmoid",
    "SoftmaxCrossEntropy",
]
