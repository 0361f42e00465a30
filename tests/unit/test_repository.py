"""The files by which others find, cite and list this project say the same."""

import re
import tomllib

import yaml

from proofsheet.planning.config import checked
from workflow_project import ROOT


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version_everywhere():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    citation = yaml.safe_load(text("CITATION.cff"))
    released = re.findall(r"^## (\d+\.\d+\.\d+)", text("CHANGELOG.md"), re.M)
    assert citation["version"] == project["version"] == released[0]


def test_the_configuration_in_the_readme_is_one(monkeypatch):
    monkeypatch.delenv("PROOFSHEET_MIRROR", raising=False)
    example = re.findall(r"^```yaml\n(author:.*?)^```", text("README.md"), re.M | re.S)[0]
    assert checked(yaml.safe_load(example), ROOT)["sets"] == ["csci5527_hw2", "dl_hw1"]


def test_links_of_the_pages_lead_somewhere():
    for page in ("README.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))):
        prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text(page), flags=re.M | re.S)
        for link in re.findall(r"\]\(([^)#]+)\)", prose):
            if not link.startswith("http"):
                assert ((ROOT / page).parent / link).exists(), (page, link)
