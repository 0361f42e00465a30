"""The log of a run: the live view of the rich plugin on a terminal, plain lines in a file.

A live view cannot be written into a file, so with nohup, on CI or in a log of SLURM a run of half
an hour would show its table of jobs and then nothing. There, each finished job gets a line with the
time, how many jobs are done, its name and its seconds. At the end of a run, on a terminal too, come
the time that it took and its longest jobs.
"""

from __future__ import annotations

import sys
import time
from logging import LogRecord

from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_rich import LogHandler as RichLogHandler

LONGEST = 5
"""Jobs named at the end of a run."""


class LogHandler(RichLogHandler):
    """What Snakemake loads for `logger: proofsheet`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.began = time.monotonic()
        self.total = 0
        self.names: dict[int, str] = {}
        self.starts: dict[int, float] = {}
        self.seconds: dict[int, float] = {}

    def emit(self, record: LogRecord) -> None:
        super().emit(record)
        match getattr(record, "event", None):
            case LogEvent.RUN_INFO:
                self.total = record.stats["total"]
            case LogEvent.JOB_INFO:
                values = [str(value) for _, value in sorted((record.wildcards or {}).items())]
                self.names[record.jobid] = " ".join([record.rule_name, *values])
                self.starts[record.jobid] = time.monotonic()
            case LogEvent.JOB_FINISHED:
                self._finish(record.job_id)

    def close(self) -> None:
        super().close()
        if self.seconds and not self.common_settings.dryrun:
            longest = sorted(self.seconds, key=self.seconds.__getitem__, reverse=True)[:LONGEST]
            jobs = ", ".join(f"{self.names[job]} {self.seconds[job]:.0f} s" for job in longest)
            took = time.monotonic() - self.began
            self._write(f"{len(self.seconds)} jobs in {took:.0f} s; the longest: {jobs}")
            self.seconds.clear()

    def _finish(self, job: int) -> None:
        if job not in self.starts or job in self.seconds:
            return
        self.seconds[job] = time.monotonic() - self.starts[job]
        if not self.console.is_terminal:
            done = f"{len(self.seconds)}/{self.total}"
            clock = time.strftime("%H:%M:%S")
            self._write(f"{clock}  {done:>7}  {self.names[job]}  {self.seconds[job]:.1f} s")

    def _write(self, line: str) -> None:
        stream = sys.stdout if self.common_settings.stdout else sys.stderr
        print(line, file=stream, flush=True)
