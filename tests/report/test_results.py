"""The sources of a problem's data: those of its set, and the one that its run has chosen."""

from proofsheet.jobs.atomic_files import read_json, write_json
from proofsheet.report import results
from proofsheet.report.sets import load
from user_errors import refused


def sources(sample, problem: str, dataset: str) -> list[str]:
    """Names of a problem's sources where its metrics say `dataset`."""
    path = sample.results / "sample_hw" / problem / "metrics.json"
    write_json(path, {**read_json(path), "dataset": dataset})
    outcomes = results.read(sample.results, [load(sample.report, "sample_hw")])
    found = next(outcome for outcome in outcomes if outcome.problem.id == problem)
    return [source["dataset"] for source in found.sources]


def test_a_dataset_that_the_run_has_chosen_counts_too(sample):
    toy = read_json(sample.results / "data" / "toy" / "source.json")
    write_json(sample.results / "data" / "other" / "source.json", {**toy, "dataset": "other"})
    assert sources(sample, "p1_lines", "toy") == ["toy"]
    assert sources(sample, "p2_beans", "toy") == ["toy"]
    assert sources(sample, "p2_beans", "other") == ["toy", "other"]


def test_a_chosen_dataset_without_a_record_is_named(sample):
    refused(r"data/nowhere/source\.json does not exist", sources, sample, "p2_beans", "nowhere")
