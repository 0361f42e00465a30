"""Choose CIFAR-100 if available, else CIFAR-10: before any job, without a network.

The workflow has to know its files when it starts, and two starts have to agree. So nothing is
asked of a server here: what the configuration and the mirror's manifest say decides.
"""

from __future__ import annotations

from proofsheet.data.sources.mirror import read_mirror


def which_cifar(wanted: str, source: str, mirror: str) -> str:
    """The dataset of EECS 182 HW 5, question 6, PyTorch part: `cifar10` or `cifar100`.

    `auto` means CIFAR-100 if the official source was asked for or the mirror in use lists it, else
    CIFAR-10. In particular it means CIFAR-10 where no mirror is set and the source is `auto`,
    though the network may be there: set `cifar100` to have it then.

    Args:
        wanted: `eecs182_hw5.q6_dataset` of the configuration: `auto`, `cifar10` or `cifar100`.

    Raises:
        UserError: the mirror's manifest cannot be used; in one line.
    """
    if wanted != "auto":
        return wanted
    if source == "official":
        return "cifar100"
    listed = source != "standin" and bool(mirror) and "cifar100" in read_mirror(mirror)
    return "cifar100" if listed else "cifar10"
