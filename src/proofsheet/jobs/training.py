"""What the jobs that call a training share: the function by its name, and its device."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from proofsheet.jobs.script import set_threads


def device_of(name: str | None, threads: int) -> tuple[Any, dict[str, str]]:
    """The device of a job that trains, set up with its threads, and what a report says of it.

    Args:
        name: `auto`, `cpu` or `cuda`; None: the job does without PyTorch, and has no device.

    Raises:
        UserError: `cuda` where there is none.
    """
    if name is None:
        return None, {}
    # Here, so that a job without PyTorch does not wait for it.
    from proofsheet.jobs.device import described, set_up

    set_threads(threads)
    device = set_up(name)
    return device, {"device": described(device)}


def function_of(name: str) -> Callable[..., Any]:
    """The function `package.module:name`."""
    module, function = name.split(":")
    return getattr(import_module(module), function)
