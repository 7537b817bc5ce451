from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trackio.past import PastSystem
from trackio.sources import original

SAMPLES = Path(__file__).parents[2] / "samples" / "trackio"


def test_runs_of_one_name_are_told_apart():
    first, second, rich = original.runs(SAMPLES / "demo.db")
    assert [run.name for run in (first, second, rich)] == ["same", "same", "rich"]
    assert first.id != second.id
    assert (first.project, first.config, first.group, second.group) == (
        "demo",
        {"lr": 0.1, "net": {"depth": 3}},
        None,
        "g",
    )
    assert rich.config == {"note": "ü"}
    rows = list(first.rows())
    assert [(row.step, row.values["train/acc"]) for row in rows] == [(0, 0), (10, 1), (20, 2), (30, 3)]
    assert math.isnan(rows[2].values["loss"])
    assert rows[0].time >= first.started > 1_700_000_000


def test_what_is_no_number_is_taken_as_it_was_logged():
    rich = next(run for run in original.runs(SAMPLES) if run.name == "rich")
    first, second, third = (row.values for row in rich.rows())
    assert (first["text"], first["big"]) == ("hello", math.inf)
    assert (first["sample"].TYPE, first["sample"].caption) == ("trackio.image", "grey")
    assert (second["table"].columns, second["table"].data) == (["n", "word"], [[1, "a"], [2, None]])
    assert second["list"] == [1, {"a": 2}]
    assert third["hist"] == {"_type": "trackio.histogram", "bins": [1.0, 2.0, 3.0], "values": [1, 3]}


def base(path, *rows, columns="id INTEGER PRIMARY KEY, run_id, timestamp, run_name, step, metrics"):
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(f"CREATE TABLE metrics ({columns})")
        for row in rows:
            opened.execute(f"INSERT INTO metrics VALUES (NULL, {', '.join('?' * len(row))})", row)
    return path


TIME = "2026-01-01T00:00:00+00:00"


def test_a_numpy_step_that_was_stored_as_bytes_is_read(tmp_path):
    file = base(tmp_path / "p.db", ("r", TIME, "n", (200).to_bytes(8, "little"), '{"a": 1}'))
    (run,) = original.runs(file)
    assert [row.step for row in run.rows()] == [200]


def test_an_older_file_knows_runs_by_name(tmp_path):
    columns = "id INTEGER PRIMARY KEY, timestamp, run_name, step, metrics"
    file = base(tmp_path / "p.db", (TIME, "n", 0, '{"a": 1}'), (TIME, "m", 0, '{"a": 2}'), columns=columns)
    assert [(run.key, run.name, len(list(run.rows()))) for run in original.runs(file)] == [("n", "n", 1), ("m", "m", 1)]


@pytest.mark.parametrize("path", ["../../secret.png", "/etc/passwd", "none.png", "demo.db"])
def test_a_file_that_is_not_there_or_not_among_the_media_is_not_read(tmp_path, path):
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    value = f'{{"a": {{"_type": "trackio.image", "file_path": "{path}"}}}}'
    (run,) = original.runs(base(folder / "p.db", ("r", TIME, "n", 0, value)))
    (row,) = run.rows()
    assert isinstance(row.values["a"], str)
    assert row.values["a"].startswith("trackio.image: ")


def test_what_is_no_project_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no project"):
        list(original.runs(tmp_path))
    with pytest.raises(FileNotFoundError):
        list(original.runs(tmp_path / "none.db"))
    (tmp_path / "text.db").write_text("step,loss\n" * 1000)
    with pytest.raises(ValueError, match=r"text\.db: cannot be read as SQLite"):
        list(original.runs(tmp_path))
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(ValueError, match="is not a project of trackio"):
        list(original.runs(tmp_path / "empty.db"))


def test_system_metrics_and_alerts_come_along():
    rich = next(run for run in original.runs(SAMPLES) if run.name == "rich")
    system, alert = rich.beside()
    assert (type(system), system.values) == (PastSystem, {"gpu/0/utilization": 5})
    assert (alert.title, alert.text, alert.level, alert.step) == ("careful", "text", "warn", 2)
    assert rich.started < system.time < alert.time
    assert list(next(original.runs(SAMPLES)).beside()) == []


def test_files_without_tables_of_them_have_none_and_odd_ones_are_read(tmp_path):
    (run,) = original.runs(base(tmp_path / "old.db", ("r", TIME, "n", 0, '{"a": 1}')))
    assert list(run.beside()) == []
    file = base(tmp_path / "p.db", ("r", TIME, "n", 0, '{"a": 1}'))
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("CREATE TABLE system_metrics (id INTEGER PRIMARY KEY, run_id, timestamp, metrics)")
        opened.execute("INSERT INTO system_metrics VALUES (NULL, 'r', ?, ?)", (TIME, b'{"a": "NaN", "b": "text"}'))
        opened.execute("CREATE TABLE alerts (id INTEGER PRIMARY KEY, run_id, timestamp, title, text, level, step)")
        opened.execute("INSERT INTO alerts VALUES (NULL, 'r', ?, 'odd', NULL, 'loud', NULL)", (TIME,))
    (run,) = original.runs(file)
    system, alert = run.beside()
    assert math.isnan(system.values["a"])
    assert (alert.level, alert.step) == ("warn", None)


def test_traces_come_back_to_the_row_that_they_were_logged_with(tmp_path):
    file = base(
        tmp_path / "p.db", ("r", TIME, "n", 0, '{"loss": 1}'), ("r", TIME, "n", 7, "{}"), ("r", TIME, "n", 8, "{}")
    )
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("CREATE TABLE traces (id, run_id, timestamp, step, key, trace_index, messages, metadata, spans)")
        for n in (1, 0):
            told = (f'[{{"role": "user", "content": "{n}"}}]', '{"reward": 2}', '[{"name": "plan"}]')
            opened.execute("INSERT INTO traces VALUES (?, 'r', ?, 7, 'rollouts', ?, ?, ?, ?)", (f"{n}", TIME, n, *told))
        opened.execute("INSERT INTO traces VALUES ('x', 'r', ?, 8, 'one', NULL, '[]', '{}', NULL)", (TIME,))
    (run,) = original.runs(file)
    first, second, third = (row.values for row in run.rows())
    assert first == {"loss": 1}
    assert [trace.messages[0]["content"] for trace in second["rollouts"]] == ["0", "1"]
    assert (second["rollouts"][0].metadata, second["rollouts"][0].spans) == ({"reward": 2}, [{"name": "plan"}])
    assert (third["one"].messages, third["one"].spans) == ([], [])


def test_an_older_file_has_traces_without_spans(tmp_path):
    file = base(tmp_path / "p.db", ("r", TIME, "n", 0, "{}"))
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("CREATE TABLE traces (id, run_id, timestamp, step, key, trace_index, messages, metadata)")
        opened.execute("INSERT INTO traces VALUES ('x', 'r', ?, 0, 'one', NULL, '[]', '{}')", (TIME,))
    (run,) = original.runs(file)
    assert next(run.rows()).values["one"].spans == []
