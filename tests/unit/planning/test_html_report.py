"""An HTML report is refused in one line where it cannot be written."""

import pytest

from proofsheet.jobs.atomic_files import write_json
from proofsheet.jobs.errors import UserError
from proofsheet.planning.html_report import check_report
from user_errors import refused


@pytest.mark.parametrize("arguments", [["--report"], ["--report", "r.zip"], ["--report=r.zip"]])
def test_a_report_before_any_result(tmp_path, arguments):
    refused("there are no results to report", check_report, ["snakemake", *arguments], tmp_path)


def test_a_report_into_a_folder_that_is_not_there(tmp_path):
    write_json(tmp_path / "results/dl_hw1/p1_softmax/metrics.json", {})
    for arguments in (["--report", "out/r.zip"], ["--report=out/r.zip", "--cores", "1"]):
        with pytest.raises(UserError, match=r"--report out/r\.zip: the folder .*out does not"):
            check_report(["snakemake", *arguments], tmp_path)
    for arguments in (["--report", "results/r.zip"], ["--report"], ["--report", "--cores", "1"]):
        check_report(["snakemake", *arguments], tmp_path)


def test_other_commands_are_none_of_its_business(tmp_path):
    check_report(["snakemake", "--cores", "2", "report"], tmp_path)
