"""What a user sees after a mistake of theirs: one line, no traceback, no job."""


def test_a_wrong_configuration_ends_before_any_job(project):
    """One of those that tests/unit/planning/test_config.py has."""
    line = project.fail("^proofsheet:", "--config", "device=tpu")
    assert "device is 'tpu'" in line
    assert "auto, cpu, cuda" in line
    assert not (project.folder / "results").exists()
