"""Everything of `mytorch` under one name, as in `torch.nn` and `torch.optim`."""

from mytorch.nn import modules
from mytorch.nn.modules import *  # noqa: F403
from mytorch.nn.optim import SGD, Adam, Optimizer
from mytorch.nn.sequential import Sequential
from mytorch.utils.gradient_check import gradient_check

__all__ = [*modules.__all__, "SGD", "Adam", "Optimizer", "Sequential", "gradient_check"]
