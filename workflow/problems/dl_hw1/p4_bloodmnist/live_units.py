"""Train a ReLU perceptron with Adam, without the hidden units that can never change again.

Pixels are positive. Where the error signal of a unit has one sign over a batch, so has its whole
gradient, and a step of Adam, α for each weight, moves its pre-activation by up to α ‖x‖₁: at 2352
pixels, by more than it can take back. Many units of the first layer are soon at zero for every
image. No gradient reaches such a unit, neither its own weights nor those that lead on from it.
What is left of Adam's first moment goes on moving them, by steps that shrink by about β₁ each,
until a step is below half of the last bit of a weight. From then on the unit is a constant zero,
and the training without it is the same training, but for the order in which sums are taken.

That this point is reached is observed, not estimated: since the last look, a quarter of an epoch
ago, not a bit of the unit's weights has changed, and with these weights no row at all makes it
active. On BloodMNIST four fifths of the first layer are left out in the second epoch, and with them
most of the work.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from proofsheet.jobs.progress import Epochs
from proofsheet.learning.loop import Recipe, Rows, denormals_flushed

LEAST_STEPS = 10
"""From here on the correction of v̂ grows less from step to step than β₁ shrinks m̂."""

LOOKS = 4
"""In an epoch, for units that have become constant."""


@denormals_flushed()
@torch.no_grad()
def train_live(
    model: nn.Sequential,
    rows: Rows,
    validation: Rows,
    recipe: Recipe,
    *,
    seed: int,
    label: str,
) -> dict[str, np.ndarray]:
    """What `training.train` does with the same arguments, in float32, in less time.

    Args:
        model: of `training.perceptron`, with a hidden layer; on the device of the rows.

    Returns:
        The same curves, to rounding, and `live_units`: units of the first layer that still take
        part at the end of each epoch.
    """
    (x, y), (watched, answers) = ((x.flatten(1), y) for x, y in (rows, validation))
    targets = functional.one_hot(y, model[-1].out_features).to(x.dtype)
    orders = torch.Generator().manual_seed(seed)
    part = LiveUnits(model, recipe.learning_rate, x, watched)
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy", "live_units")
    curves = {name: np.zeros(recipe.epochs) for name in names}
    steps = -(-len(y) // recipe.batch)
    between, since = max(LEAST_STEPS, steps // LOOKS), 0
    epochs = Epochs(recipe.epochs, label)
    for epoch in epochs:
        order, met = torch.randperm(len(y), generator=orders).to(x.device), []
        for picked in order.split(recipe.batch):
            met.append(part.step(x.index_select(0, picked), targets.index_select(0, picked)))
            since += 1
            if since == between:
                part.leave_out(steps=since)
                since = 0
        values = (
            *_loss_and_accuracy(torch.cat(met), y[order]),
            *_loss_and_accuracy(part.network(watched).log_softmax(dim=1), answers),
            len(part.live),
        )
        for name, value in zip(names, values, strict=True):
            curves[name][epoch] = value
        epochs.report(**dict(zip(names, values, strict=True)))
    part.write_back()
    return curves


class LiveUnits:
    """A perceptron in training, reduced to those units of its first layer that may still change.

    Args:
        model: of `training.perceptron`, with a hidden layer.
        learning_rate: of Adam.
        rows: all inputs (n, d) that the network meets meanwhile, those that it is trained on and
            those that it is watched on. A unit that is left out is zero on all of them.

    Attributes:
        network: the reduced network, of rows (b, d).
        optimizer: PyTorch's Adam over its parameters.
        live: places in the first layer of `model` that `network` still has.
    """

    def __init__(self, model: nn.Sequential, learning_rate: float, *rows: Tensor) -> None:
        self.model, self.rows = model, rows
        self.network = copy.deepcopy(model[1:])  # rows are flat already
        self._layers = [layer for layer in self.network if isinstance(layer, nn.Linear)]
        self.optimizer = torch.optim.Adam([nn.Parameter(torch.empty(0))], learning_rate, fused=True)
        self._flatten([(parameter, {}) for parameter in self.network.parameters()])
        self.live = torch.arange(len(model[1].bias), device=model[1].bias.device)
        self._awake = torch.zeros_like(self.live, dtype=torch.bool)
        self._remember()

    @torch.no_grad()
    def step(self, x: Tensor, target: Tensor) -> Tensor:
        """One step of Adam on the mean cross-entropy of a batch.

        The gradients are written out, into memory that stays: signal, the gradient by the output
        of a layer, is p − y over the batch at the logits, and goes back through Wᵀ and the ReLU.
        At these sizes autograd's graph, built anew for each batch, costs as much as the products.

        Args:
            x, target: (b, d) and one-hot (b, K).

        Returns:
            Logarithms of the probabilities before the step, (b, K).
        """
        weights, biases = zip(*((layer.weight, layer.bias) for layer in self._layers), strict=True)
        inputs = [x]
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            inputs.append(torch.addmm(bias, inputs[-1], weight.t()).relu_())
        log_p = torch.addmm(biases[-1], inputs[-1], weights[-1].t()).log_softmax(dim=1)
        signal = (log_p.exp() - target).div_(len(x))
        for k in reversed(range(len(inputs))):
            torch.mm(signal.t(), inputs[k], out=weights[k].grad)
            torch.sum(signal, dim=0, out=biases[k].grad)
            if k > 0:
                signal = torch.mm(signal, weights[k]).mul_(inputs[k] > 0)
        self.optimizer.step()
        return log_p

    @torch.no_grad()
    def leave_out(self, steps: int) -> None:
        """After so many steps since the last look: leave out the units that they show constant."""
        unchanged = torch.stack(
            [
                (getattr(layer, name) == before)
                .movedim(axis, 0)
                .reshape(len(self.live), -1)
                .all(dim=1)
                for (layer, name, axis), before in zip(self._of_units(), self._before, strict=True)
            ]
        ).all(dim=0)
        # One that a row makes active stays active until it changes again.
        self._awake &= unchanged
        (still,) = (unchanged & ~self._awake).nonzero(as_tuple=True)
        if steps >= LEAST_STEPS and len(still):
            first = self.network[0]
            highest = torch.stack(
                [
                    functional.linear(x, first.weight[still], first.bias[still]).amax(dim=0)
                    for x in self.rows
                ]
            ).amax(dim=0)
            self._awake[still] = highest > 0
            left_out = torch.zeros_like(unchanged)
            left_out[still[highest <= 0]] = True
            self._keep((~left_out).nonzero()[:, 0])
        self._remember()

    @torch.no_grad()
    def write_back(self) -> None:
        """Write the weights into `model`; its other units got theirs when they were left out."""
        first, second = self.network[0], self.network[2]
        self.model[1].weight[self.live] = first.weight
        self.model[1].bias[self.live] = first.bias
        self.model[3].weight[:, self.live] = second.weight
        self.model[3].bias.copy_(second.bias)
        rest = zip(self.model[5:].parameters(), self.network[4:].parameters(), strict=True)
        for whole, reduced in rest:
            whole.copy_(reduced)

    def _of_units(self) -> tuple[tuple[nn.Linear, str, int], ...]:
        """What belongs to the units of the first layer: layer, parameter, and their axis in it."""
        first, second = self.network[0], self.network[2]
        return (first, "weight", 0), (first, "bias", 0), (second, "weight", 1)

    def _remember(self) -> None:
        self._before = [
            getattr(layer, name).detach().clone() for layer, name, _ in self._of_units()
        ]

    def _keep(self, kept: Tensor) -> None:
        if len(kept) in (0, len(self.live)):
            return
        self.write_back()
        axes = {getattr(layer, name): axis for layer, name, axis in self._of_units()}

        def reduced(values: Tensor, parameter: Tensor) -> Tensor:
            values = values.view_as(parameter)
            return values.index_select(axes[parameter], kept) if parameter in axes else values

        parameters = list(self.network.parameters())
        (flat,) = self.optimizer.param_groups[0]["params"]
        state = self.optimizer.state.pop(flat)
        sizes = [parameter.numel() for parameter in parameters]
        moments = {key: values.split(sizes) for key, values in state.items() if values.dim()}
        self._flatten(
            [
                (reduced(p, p), {key: reduced(values[k], p) for key, values in moments.items()})
                for k, p in enumerate(parameters)
            ],
            **{key: value for key, value in state.items() if not value.dim()},
        )
        self.network[0].out_features = self.network[2].in_features = len(kept)
        self.live, self._awake = self.live[kept], self._awake[kept]

    def _flatten(self, parts: list[tuple[Tensor, dict[str, Tensor]]], **counts: Tensor) -> None:
        """The parameters, each with its moments, become parts of one: Adam steps in one call.

        A call for each of them took a twentieth more time on BloodMNIST, at two threads.
        """

        def joined(values: list[Tensor]) -> Tensor:
            return torch.cat([part.detach().flatten() for part in values])

        flat = nn.Parameter(joined([values for values, _ in parts]))
        flat.grad = torch.zeros_like(flat)
        sizes = [values.numel() for values, _ in parts]
        places = zip(flat.detach().split(sizes), flat.grad.split(sizes), strict=True)
        owners = [(layer, name) for layer in self._layers for name in ("weight", "bias")]
        for (layer, name), (values, _), (own, slope) in zip(owners, parts, places, strict=True):
            setattr(layer, name, nn.Parameter(own.view(values.shape)))
            getattr(layer, name).grad = slope.view(values.shape)
        self.optimizer.param_groups[0]["params"] = [flat]
        if counts:
            moments = {key: joined([of[key] for _, of in parts]) for key in parts[0][1]}
            self.optimizer.state[flat] = {**counts, **moments}


def _loss_and_accuracy(log_p: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean cross-entropy and share of right answers: (n, K) and (n,)."""
    right = (log_p.argmax(dim=1) == y).double().mean()
    return functional.nll_loss(log_p, y).item(), right.item()
