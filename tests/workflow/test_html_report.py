"""`snakemake --report`: the figures, tables and rules that it holds."""

import zipfile

import pytest

from workflow_project import EVERY_SET

pytestmark = pytest.mark.slow


def test_every_figure_and_table_is_in_it_with_its_caption_and_the_rules(finished, tmp_path):
    finished.succeed("--report", str(tmp_path / "report.zip"), *EVERY_SET)
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        names = archive.namelist()
        page = archive.read("report/report.html").decode()
    for kind, suffix, shown in (("figures", "svg", "svg"), ("tables", "md", "html")):
        for path in finished.folder.glob(f"results/csci5527_hw2/*/{kind}/*.{suffix}"):
            wanted = f"{path.parts[-3]}/{path.stem}.{shown}"
            assert any(name.endswith(wanted) for name in names), wanted
    for words in ("Deep-learning problem sets", "CSCI 5527 HW 2", "Relative excess loss"):
        assert words in page
    for rule in ("csci5527_hw2_p1_subspace", "data", "render", "csci5527_hw2_notebooks"):
        assert f'"{rule}"' in page
