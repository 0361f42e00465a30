"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Tests compute little at a time: a second thread would only wait for the first, and wait busily.
os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real data, where there is one."""
    if not os.environ.get("PROOFSHEET_MIRROR"):
        pytest.skip("PROOFSHEET_MIRROR is not set: no real data here")
    return Path(os.environ["PROOFSHEET_MIRROR"])


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Headless Chromium, which asks nothing of the network (see `chromium`)."""
    from chromium import start

    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


# A busy machine is no mistake of the code: no example fails for being slow. On CI the examples are
# the same each time, so that a change is judged by what it changes; elsewhere they are new ones.
settings.register_profile(
    "proofsheet",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("proofsheet")
