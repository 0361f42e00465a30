"""Pages are asked for once, not in every step."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from proofsheet.jobs.malloc import keep_freed_memory

STEPS = """
import ctypes, resource
from proofsheet.jobs.malloc import keep_freed_memory

# Where a system gives huge pages unasked, a step has few faults: PR_SET_THP_DISABLE.
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)

def faults(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        bytearray(48 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults(10), end=" ")
keep_freed_memory()
faults(1)
print(faults(10))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="GNU's C library is set, no other")
def test_freed_memory_is_handed_out_again():
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=True)
    returned, kept = map(int, done.stdout.split())
    assert returned > 1000 > 100 > kept, "faults of ten steps before and after"


def test_another_system_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", None)  # calling it would raise
    keep_freed_memory()
