from __future__ import annotations

import math
import os
import signal

import numpy as np
import pytest

import trackio
from trackio import api, media, replay
from trackio.errors import DaemonUnavailable
from trackio.past import Past, PastAlert, PastRow, PastSystem
from trackio.replay import Known, Replay, imported
from trackio.wire import (
    SEGMENT_HEADER,
    Alert,
    Finish,
    RunStart,
    Schema,
    System,
    decode_record,
    is_packed_row,
    kind_of,
    payloads,
)

START = 1_600_000_000


def past(rows, **fields):
    about = {"tool": "t", "key": "k", "project": "p", "name": "n", "started": START}
    return Past(**(about | {"rows": rows if callable(rows) else lambda: iter(rows)} | fields))


def points(count, **values):
    return [PastRow(step * 2, START + step / 4, {"a": step / 8, **values}) for step in range(count)]


# --------------------------------------------------------------------------------------------- what is written


def written(places, run, known=None):
    """Writes a run and returns the payloads of its journal, and what was refused."""
    replaying = Replay(places, run, known)
    replaying.write()
    if replaying.folder is None:
        return [], replaying.refused
    segments = sorted(replaying.folder.glob("*.seg"))
    return [p for file in segments for p in payloads(file.read_bytes()[SEGMENT_HEADER:])], replaying.refused


def kinds(found):
    return [("packed" if is_packed_row(payload) else kind_of(decode_record(payload))) for payload in found]


def test_numbers_are_packed_and_the_rest_is_not(places):
    rows = [*points(3), PastRow(9, START, {"a": 1.0, "text": "hi"}), PastRow(9, START, {"a": 2**64 - 1})]
    assert kinds(written(places, past(rows))[0]) == ["start", "schema", *["packed"] * 3, "row", "row", "finish"]


def test_names_in_another_order_are_no_other_shape(places):
    rows = [PastRow(0, START, {"a": 1.0, "b": 2.0}), PastRow(1, START, {"b": 1.0, "a": 2.0})]
    assert kinds(written(places, past(rows))[0]) == ["start", "schema", "packed", "packed", "finish"]


def test_only_what_is_new_is_written_and_nothing_if_nothing_is(places):
    assert kinds(written(places, past(points(5)), known=Known(3))[0]) == [
        "start",
        "schema",
        "packed",
        "packed",
        "finish",
    ]
    assert written(places, past(points(3)), known=Known(3))[0] == []
    assert kinds(written(places, past([]))[0]) == ["start", "finish"]


def test_the_same_rows_have_the_same_writer_and_the_following_ones_another(places):
    names = []
    for known in (None, Known(3)):
        replaying = Replay(places, past(points(5)), known)
        replaying.write()
        names.append(replaying.folder.name)
    again = Replay(places, past(points(9)), Known(3))
    again._begin()
    again._journal.close(remove=False)
    assert len({*names, again._journal.writer.hex()}) == 2


SYSTEM = [PastSystem(START + second, {"gpu/0/temp": 40, "note": "text", "time": 1.5}) for second in range(3)]
ALARM = PastAlert(START + 1.5, "careful", "why", "error", 3)


def test_what_is_beside_the_rows_is_written_as_it_was(places):
    found, refused = written(places, past(points(1), beside=lambda: iter([*SYSTEM, ALARM])))
    assert kinds(found) == ["start", "schema", "packed", *["system"] * 3, "alert", "finish"]
    assert decode_record(found[3]) == System(START * 10**9, {"gpu/0/temp": 40, "__time": 1.5})
    assert decode_record(found[6]) == Alert((START * 2 + 3) * 10**9 // 2, "careful", "why", "error", 3)
    assert refused == {"value": 3}


def test_what_is_beside_the_rows_is_written_again_only_if_some_of_it_is_new(places):
    of = past(points(3), beside=lambda: iter([*SYSTEM, ALARM]))
    assert written(places, of, known=Known(3, START + 2.0))[0] == []
    assert written(places, of, known=Known(3, START + 1.9995))[0] == []
    assert kinds(written(places, of, known=Known(3, START + 1.5))[0]) == ["start", *["system"] * 3, "alert", "finish"]
    assert kinds(written(places, of, known=Known(2, START + 2.0))[0]) == ["start", "schema", "packed", "finish"]


def test_what_has_no_form_is_counted_and_told_at_the_end(places):
    found, refused = written(places, past([PastRow(0, START, {"a": 1, "b": object(), "c": 1j})]))
    assert refused == {"value": 2}
    finish = decode_record(found[-1])
    assert isinstance(finish, Finish)
    assert (finish.rows, finish.refused, finish.time) == (1, {"value": 2}, START * 10**9)


def test_a_value_that_is_too_large_is_counted_and_its_row_kept(places, monkeypatch):
    monkeypatch.setattr(replay, "MAX_RECORD", 10_000)
    found, refused = written(places, past([PastRow(0, START, {"a": 1, "text": "x" * 20_000})]))
    assert (refused, decode_record(found[1]).values) == ({"value too large": 1}, {"a": 1})


def test_many_rows_do_not_stay_in_memory(places, monkeypatch):
    monkeypatch.setattr(replay, "_SETTINGS", replay.Settings(mode="offline", segment_bytes=4096))
    most, real = [], Replay._row

    def watched(self, journal, row):
        real(self, journal, row)
        most.append(sum(segment.map is not None for segment in journal.segments))

    monkeypatch.setattr(Replay, "_row", watched)
    found, _ = written(places, past([PastRow(step, START, {f"key {step % 50}": step}) for step in range(2_000)]))
    assert max(most) == 1
    assert kinds(found).count("packed") == 2_000
    assert [type(decode_record(payload)) for payload in found[:2]] == [RunStart, Schema]


# ------------------------------------------------------------------------------------------------- what arrives


@pytest.fixture
def take_in(daemon):
    """Imports runs and returns what was said of each."""

    def run(*runs, **options):
        return list(imported(api.find(daemon.places), daemon.places, runs, **options))

    return run


@pytest.fixture
def stored(daemon):
    return lambda name="n": trackio.Api().run("p", name)


def test_a_run_keeps_its_steps_times_and_what_is_known_of_it(take_in, stored):
    about = {"ended": START + 99.5, "group": "g", "config": {"lr": 0.1, "path": {"a": [1]}}, "tags": ("x",)}
    about |= {"notes": "note", "user": "ada", "host": "node", "command": ("python", "x.py"), "error": "exit code 3"}
    (said,) = take_in(past(points(5, b=3), status="failed", **about))
    assert (said.project, said.name, said.rows, said.refused) == ("p", "n", 5, {})
    run = stored()
    assert run.id == said.id == past([]).id
    assert (run.status, run.error, run.started, run.ended) == ("failed", "exit code 3", START, START + 99.5)
    assert (run.rows, run.group, run.config, run.tags, run.notes) == (5, "g", about["config"], ["x"], "note")
    assert (run.user, run.host, run.command) == ("ada", "node", ["python", "x.py"])
    found = run.history()
    assert found["step"].tolist() == [0, 2, 4, 6, 8]
    assert found["time"].tolist() == [START + step / 4 for step in range(5)]
    assert found["a"].tolist() == [step / 8 for step in range(5)]
    assert found["b"].tolist() == [3] * 5


def test_the_same_run_again_adds_nothing_and_a_longer_one_only_what_is_new(take_in, stored):
    assert [take_in(past(points(count)))[0].rows for count in (3, 3, 5, 4)] == [3, 0, 2, 0]
    run = stored()
    assert (run.rows, run.history().rows, run.status, run.ended) == (5, 5, "finished", START + 1)
    assert len(trackio.Api().runs("p")) == 1


def test_values_of_every_kind_and_steps_of_any_size_are_kept(take_in, stored, until):
    values = {"i": 2**63 - 1, "big": 2**64 - 1, "nan": math.nan, "flag": True, "text": "hi", "list": [1, {"a": None}]}
    values |= {"picture": media.Image(np.zeros((4, 4, 3), np.uint8)), "step": 7}
    take_in(past([PastRow(-(2**70), START, {"a": 1}), PastRow(0, START, values), PastRow(2**70, START, {"a": 2})]))
    run = stored()
    assert run.metrics() == ["__step", "a", "big", "flag", "i", "nan"]
    assert (run.history("i")["i"].tolist(), run.history("a")["a"].tolist()) == ([2.0**63], [1, 2])
    assert {logged.key: logged.value for logged in run.values()} == {"text": "hi", "list": [1, {"a": None}]}
    until(lambda: next(run.media()).state == "ready", "the picture")


def test_a_source_that_breaks_off_leaves_nothing_behind(take_in, daemon):
    def broken():
        yield from points(3)
        raise ValueError("line 7")

    with pytest.raises(ValueError, match="line 7"):
        take_in(past(broken))
    assert not list(daemon.places.data.glob("import-*"))
    assert trackio.Api().projects() == []
    assert take_in(past(points(3)))[0].rows == 3


def test_a_daemon_that_takes_nothing_in_is_told_of_and_nothing_is_lost(daemon, stored, until):
    server = api.find(daemon.places)
    os.kill(daemon.process.pid, signal.SIGSTOP)
    with pytest.raises(DaemonUnavailable, match="does not take in"):
        list(imported(server, daemon.places, [past(points(3))], seconds=0.1))
    os.kill(daemon.process.pid, signal.SIGCONT)
    until(lambda: "p" in trackio.Api().projects(), "the run")
    until(lambda: stored().rows == 3, "its rows")


def test_system_metrics_and_alerts_are_taken_in_once_and_what_comes_later_with_them(take_in, stored):
    first = past(points(2), beside=lambda: iter([*SYSTEM[:2], ALARM]))
    take_in(first)
    take_in(first)
    run = stored()
    assert run.system("gpu/0/temp")["time"].tolist() == [START, START + 1]
    (alert,) = run.alerts()
    assert (alert["title"], alert["text"], alert["level"], alert["step"]) == ("careful", "why", "error", 3)
    (said,) = take_in(past(points(2), beside=lambda: iter([*SYSTEM, ALARM])))
    assert said.rows == 0
    (said,) = take_in(past(points(4), beside=lambda: iter([*SYSTEM, ALARM])))
    assert said.rows == 2
    run = stored()
    assert (run.system().rows, len(run.alerts()), run.history().rows) == (3, 1, 4)
