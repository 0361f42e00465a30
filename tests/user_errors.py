"""What a user is told of a mistake: one line."""

from collections.abc import Callable
from typing import Any

import pytest

from proofsheet.jobs.errors import UserError


def refused(told: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """The one line that `call` ends with; it matches the pattern `told`."""
    with pytest.raises(UserError, match=told) as caught:
        call(*arguments, **named)
    assert "\n" not in str(caught.value)
    return str(caught.value)
