"""Grad-CAM: which places of the last maps spoke for a class (Selvaraju et al. 2017, 1610.02391)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from proofsheet.learning.squeezenet import SqueezeNet


def evidence(model: SqueezeNet, x: Tensor) -> Tensor:
    """What each place adds to the logit of the ill minus that of the healthy: (b, H, W).

    The maps A (b, c, H, W) after the last block, weighted with the mean of the gradient over the
    map, α_c = mean_ij ∂(z₁ − z₀)/∂A_cij, and summed over the channels. Both signs are kept: what is
    negative speaks for a healthy lung.

    Args:
        model: on the device of `x`; put into evaluation mode.
        x: (b, 1, h, w) as it takes them.
    """
    model.eval()
    with torch.no_grad():
        maps = model.run(x)
    maps = maps.detach().requires_grad_(True)
    logits = model.classify(maps)
    (gradient,) = torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), maps)
    return (gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).detach()


def enlarged(places: Tensor, side: int) -> Tensor:
    """Maps (b, H, W) drawn as large as the image: (b, side, side), smoothly."""
    return functional.interpolate(
        places[:, None], (side, side), mode="bicubic", align_corners=False
    )[:, 0]
