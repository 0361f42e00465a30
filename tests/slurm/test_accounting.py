"""The profile on a cluster with accounting, edited as docs/slurm.md says."""

import pytest

from .accounting import ACCOUNT, AccountingCluster, missing_accounting
from .cluster import missing
from .conftest import SOON, running

WHY_NOT = missing() or missing_accounting()
pytestmark = [pytest.mark.slurm, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "all there")]
PROFILE = "workflow/profiles/slurm/config.yaml"
TARGET = "results/cs7643_ps2/p1_collaborators/metrics.json"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with running(AccountingCluster(tmp_path_factory.mktemp("slurm"))) as cluster:
        yield cluster


@pytest.mark.parametrize("status_command", ["squeue", "sacct"])
def test_jobs_are_on_the_account_that_the_profile_names(project, cluster, status_command):
    project.edit(PROFILE, "slurm-no-account: true\n", "")
    project.edit(PROFILE, "  mem_mb: 500\n", f"  mem_mb: 500\n  slurm_account: {ACCOUNT}\n")
    project.edit(PROFILE, "status-command: squeue", f"status-command: {status_command}")
    project.submit(TARGET, *SOON)
    assert (project.folder / TARGET).is_file()
    (job,) = project.submitted()
    assert job["JobName"].startswith("proofsheet")
    recorded = ["sacct", "-X", "-n", "-P", "-j", job["JobId"], "-o", "Account,State"]
    assert cluster.command(*recorded).split() == [f"{ACCOUNT}|COMPLETED"]
