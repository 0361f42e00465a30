"""`auto` fell to a stand-in because a server was out of order; the server recovers."""

import json

import pytest

from proofsheet.data import dry_bean
from unit.data.conftest import server  # noqa: F401
from unit.data.support import Answer, Server, as_csv, beans, uci

TARGET = "results/data/dry_bean/source.json"


@pytest.mark.slow
def test_the_same_command_takes_the_real_data_once_they_can_be_had(
    project,
    server: Server,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROOFSHEET_UCI_URL", server.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    command = (TARGET, "--config", "preset=quick", "data={source: auto}", "sets=[csci5527_hw2]")
    server.script = [Answer(b"bad gateway", status=502)]
    for told in ("STAND-IN", "Nothing to be done"):  # and it is not asked in vain
        assert told in project.succeed(*command)
        assert json.loads((project.folder / TARGET).read_text())["source"] == "standin"

    server.script = [uci(server, as_csv(beans(dry_bean.COUNTS)))]
    dry = project.snakemake(*command, "--dry-run")
    assert f"dry_bean is available from {server.url} now" in dry.stdout
    assert json.loads((project.folder / TARGET).read_text())["source"] == "standin"
    project.succeed(*command)
    assert json.loads((project.folder / TARGET).read_text())["source"] == "official"
    assert "Nothing to be done" in project.snakemake(*command).stdout
