"""Warn when Snakemake starts inside a SLURM job with other cores than the job has."""

from __future__ import annotations

import os
from collections.abc import Mapping


def note_inside_a_job(cores: int, environment: Mapping[str, str] = os.environ) -> str:
    """A line for a run that was started inside a SLURM job with other cores than it has; else ''.

    Args:
        cores: that Snakemake was given.
        environment: of the process.
    """
    job = environment.get("SLURM_JOB_ID")
    given = environment.get("SLURM_CPUS_ON_NODE", "")
    if not job or not given.isdecimal() or cores == int(given):
        return ""
    return (
        f"started inside SLURM job {job}, which has {given} CPUs, with --cores {cores};"
        f" give --cores {given}, or start on the login node with"
        " --workflow-profile workflow/profiles/slurm"
    )
