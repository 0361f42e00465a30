"""Jobs that share a process get what each of their runs has of its own."""

from proofsheet.planning.job_parts import drawings_of, flat, needs, shared_by


def test_memory_grows_with_each_retry_and_a_gpu_is_named_where_one_is_used():
    assert [needs(500, 5)["mem_mb"]({}, attempt) for attempt in (1, 2)] == [500, 1000]
    assert "gpu" not in needs(500, 5)
    assert needs(500, 5, 0)["gpu"] == 0


def test_runs_of_a_shared_job_keep_their_own_inputs_and_parameters():
    each = [{"kind": "a", "seed": 0}, {"kind": "b", "seed": 1}]
    files, params = shared_by(
        each,
        {"tuning": "runs/{kind}.json", "weights": "w.npz"},
        {"seed": lambda wildcards: wildcards.seed + 10, "epochs": 2},
    )
    assert files == {"tuning": ["runs/a.json", "runs/b.json"], "weights": "w.npz"}
    assert params == {
        "epochs": 2,
        "runs": [
            {"kind": "a", "seed": 10, "tuning": "runs/a.json"},
            {"kind": "b", "seed": 11, "tuning": "runs/b.json"},
        ],
    }


def test_a_table_named_as_a_figure_keeps_both():
    drawings = drawings_of("r", {"figures": ["curves"], "tables": ["curves", "times"]})
    assert drawings == {
        "curves": "r/figures/curves.svg",
        "curves_table": "r/tables/curves.md",
        "times": "r/tables/times.md",
    }
    assert flat({"one": "a", "two": ["b", "c"]}) == ["a", "b", "c"]
