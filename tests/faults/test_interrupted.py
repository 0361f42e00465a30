"""Killed, stopped, started twice."""

import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

from workflow_project import QUICK

from .conftest import RUN, SMALL, killed, until

pytestmark = [pytest.mark.faults, pytest.mark.slow]

KILLS = 20


def test_killed_at_twenty_moments_it_ends_in_the_same_metrics(finished, fresh):
    """SIGKILL of the whole process group at random moments, then one run to the end.

    What a killed run has finished stays, so the next kill hits a later job.
    """
    moments = random.Random(5527)
    kills = 0
    while kills < KILLS:
        run = fresh.start()
        try:
            run.wait(moments.uniform(0.05, 0.6) * min(finished.seconds, 20))
        except subprocess.TimeoutExpired:
            killed(run)
            kills += 1
        else:  # it was done sooner: begin anew, so that each kill hits a run that is at work
            shutil.rmtree(fresh.folder / "results")
    fresh.run()
    # From scratch and disturbed, against from scratch and undisturbed: the same, but for times.
    assert fresh.metrics() == finished.metrics()
    assert not fresh.half_written()


# What is at work when the key is pressed.
MOMENTS = {
    "reading the rules": lambda folder: "Config file" in (folder / "run.log").read_text(),
    "preparing data": lambda folder: (folder / "results/logs/data/dry_bean.log").exists(),
    "training": lambda folder: (folder / "results/data/dry_bean/source.json").exists(),
}


# What Python itself reports of an interrupt in its first milliseconds, before code of ours runs.
STARTING = re.compile(
    r"Fatal Python error: init_.*\n"
    r"(?:(?: |Python runtime state|Traceback|During handling|\w+Error).*\n|\n)*?"
    r"KeyboardInterrupt\n"
)


@pytest.mark.parametrize("pause", [0.0, 1.5])
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_stops_everything_within_five_seconds(fresh, moment, pause):
    run = fresh.start(f"{RUN}.json")
    until(lambda: MOMENTS[moment](fresh.folder))
    time.sleep(pause)
    pressed = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: every process of the foreground
    try:
        assert run.wait(timeout=10) != 0
        assert time.monotonic() - pressed < 5
        until(lambda: not fresh.processes(), seconds=1)
    finally:
        for process in fresh.processes():
            os.kill(process, signal.SIGKILL)
    log = (fresh.folder / "run.log").read_text()
    assert "Traceback" not in STARTING.sub("", log)
    assert not (fresh.folder / f"{RUN}.json").exists()


def test_after_ctrl_c_a_run_goes_on_to_the_same_metrics(finished, fresh):
    run = fresh.start()
    until(lambda: (fresh.folder / "results/data/dry_bean/source.json").exists())
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(timeout=10) != 0
    fresh.run()
    assert fresh.metrics() == finished.metrics()
    assert not fresh.half_written()


def test_of_two_runs_in_one_folder_the_second_says_so(fresh):
    first = fresh.start()
    try:
        lock = fresh.folder / ".snakemake/proofsheet.lock"
        until(lambda: lock.exists() and lock.read_text().strip())
        fresh.fail(rf"another run \(process {first.pid}\) is at work", *SMALL, *QUICK)
    finally:
        killed(first)
