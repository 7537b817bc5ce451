from __future__ import annotations

from pathlib import Path

import pytest

import trackio
from trackio import imports, tfevents

SAMPLES = Path(__file__).parent.parent / "samples"
START = 1_700_000_000

CSV = "step,timestamp,train/a very long name,note\n0,2023-11-14T22:13:20+00:00,1.5,a\n10,1700000005,0.5,b\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "first.csv"
    path.write_text(CSV)
    return path


def test_a_csv_file_becomes_a_run_of_a_new_project(daemon, file, capsys):
    with pytest.raises(FileNotFoundError):
        trackio.import_csv(file.with_name("none"), "p")
    assert trackio.Api().projects() == []
    with pytest.warns(UserWarning, match="space_id"):
        trackio.import_csv(file, "p", space_id="me/space")
    assert capsys.readouterr().out == "trackio: run 'first' of project 'p': 2 new rows\n"
    run = trackio.Api().run("p", "first")
    found = run.history()
    assert found["step"].tolist() == [0, 10]
    assert found["time"].tolist() == [START, START + 5]
    assert found["train/a very long name"].tolist() == [1.5, 0.5]
    assert (run.started, run.ended) == (START, START + 5)
    with pytest.raises(ValueError, match="'p' exists already"):
        trackio.import_csv(file, "p", name="second")
    trackio.import_csv(file, "p", name="second", force=True)
    assert [run.name for run in trackio.Api().runs("p")] == ["second", "first"]


def test_event_files_become_a_run_for_each_folder(daemon, until):
    trackio.import_tf_events(SAMPLES / "tensorboard", "p")
    runs = {run.name: run for run in trackio.Api().runs("p")}
    assert set(runs) == {"newer", "older/eval", "older/train", "older/train/trial"}
    train = runs["older/train"]
    assert train.history("loss/train")["step"].tolist() == [0, 1, 2, 3, 4]
    assert train.history("lr")["time"].tolist() == [START + step + 0.5 for step in range(5)]
    assert [logged.value["_value"] for logged in train.values("note")] == ["# hello *you*"]
    until(lambda: next(train.media("picture")).state == "ready", "the picture")
    assert runs["older/train/trial"].config["opt"] == "adam"


def test_event_files_that_have_grown_add_what_is_new(daemon, tmp_path):
    path = tmp_path / "events.out.tfevents.1"
    for first in (0, 5):
        events = [tfevents.scalar_event(step, START + step, [("a", step)]) for step in range(first, first + 5)]
        with path.open("ab") as file:
            file.write(b"".join(([] if first else [tfevents.opening_event(START)]) + events))
        trackio.import_tf_events(tmp_path, "p", name="mine", force=True)
    (run,) = trackio.Api().runs("p")
    assert (run.name, run.rows, run.ended) == ("mine_main", 10, START + 9)


EXPECTED = {
    ("trackio", "trackio/demo.db"): ("demo", {"same": 8, "rich": 3}),
    ("wandb", "wandb"): ("demo", {"first run": 7, "long": 16, "summed up": 4}),
    ("neptune", "neptune/data"): ("space/demo", {"DEM-1": 7, "fractions": 3}),
    ("mlflow", "mlflow/mlflow.db"): ("demo: one", {"run 0": 3, "run 1": 3, "run 2": 3}),
    ("mlflow", "mlflow/mlruns"): ("demo: one", {"run 0": 3, "run 1": 3, "run 2": 3}),
}


def test_what_another_tool_recorded_is_taken_in_once(daemon):
    for (tool, path), (project, rows) in EXPECTED.items():
        before = len(trackio.Api().runs(project)) if project in trackio.Api().projects() else 0
        found: dict[str, int] = {}
        for said in imports.of_tool(tool, SAMPLES / path, None):
            assert said.project == project
            found[said.name] = found.get(said.name, 0) + said.rows
        assert found == rows
        assert not [said for said in imports.of_tool(tool, SAMPLES / path, None) if said.rows]
        assert len(trackio.Api().runs(project)) == before + len(rows) + (tool == "trackio")


def test_media_of_other_tools_are_seen_in_the_project_that_was_named(daemon, until):
    for tool in ("trackio", "wandb"):
        assert not [run.refused for run in imports.of_tool(tool, SAMPLES / tool, "p") if run.refused]
    reader = trackio.Api()
    assert reader.projects() == ["p"]
    for name, keys in (("rich", ["sample", "table"]), ("first run", ["picture", "pictures", "table"])):
        run = reader.run("p", name)
        media = lambda run=run: [*run.media(), *run.tables()]  # noqa: E731
        until(lambda media=media: {one.state for one in media()} == {"ready"}, "the media")
        assert sorted({one.key for one in media()}) == keys
