from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import trackio
from trackio.errors import BadRequest, NotFound
from trackio.stored import StoredMedia, StoredTable

POINTS = """
import trackio
with trackio.init(project="p", name="r") as run:
    for step in range(100_000):
        run.log({"loss": 1000.0 if step == 54_321 else step % 7} | ({"acc": step} if step % 1000 == 0 else {}))
"""
MEDIA = """
import numpy as np, trackio
with trackio.init(project="p", name="r") as run:
    for step in range(3):
        picture = trackio.Image(np.full((4, 6, 3), step, np.uint8), caption=f"no {step}")
        clip = trackio.Video(np.zeros((3, 3, 16, 16), np.uint8), fps=5)
        table = trackio.Table(columns=["n", "text", "picture"], data=[[step, "a,b", picture], [None, [1], None]])
        run.log({"val/sample": picture, "clip": clip, "two": [picture, {"x": picture}], "table": table, "text": "hi"})
"""


@pytest.fixture
def run(daemon, until):
    def make(script):
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)
        found = trackio.Api().run("p", "r")
        media = ("image", "video", "audio", "html", "object3d", "table", "trace")
        states = lambda: {item.state for logged in found.values(kinds=media) for item in _all(logged.value)}  # noqa: E731
        until(lambda: states() <= {"ready"}, "the media")
        return found

    return make


def _all(value):
    if isinstance(value, StoredMedia):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [found for item in items for found in _all(item)]


def test_a_history_is_every_point_or_as_many_rows_as_asked_for(run):
    found = run(POINTS)
    whole = found.history()
    assert list(whole) == ["step", "time", "acc", "loss"]
    assert whole["step"].tolist() == list(range(100_000))
    assert whole["loss"][54_320:54_323].tolist() == [0.0, 1000.0, 2.0]
    assert np.flatnonzero(~np.isnan(whole["acc"])).tolist() == list(range(0, 100_000, 1000))
    few = found.history("loss", samples=50)
    assert list(few) == ["step", "time", "loss", "loss.min", "loss.max"]
    assert few.rows == 50
    assert few["loss.max"].max() == 1000
    assert found.history(["acc"]).to_pandas()["acc"].tolist() == list(range(0, 100_000, 1000))
    with pytest.raises(NotFound, match="'none' of run 'r'"):
        found.history(["loss", "none"])
    for samples in (0, 20_001):
        with pytest.raises(BadRequest, match="samples"):
            found.history(samples=samples)


def test_media_tables_and_values_are_read_and_written_to_files(run, tmp_path):
    found = run(MEDIA)
    assert found.metrics("image") == ["two", "val/sample"]
    assert [logged.value for logged in found.values("text")] == ["hi"] * 3

    pictures = list(found.media("val/sample"))
    assert [(one.kind, one.step, one.caption) for one in pictures] == [
        ("image", 2, "no 2"),
        ("image", 1, "no 1"),
        ("image", 0, "no 0"),
    ]
    assert len(list(found.media("two"))) == 6
    path = pictures[0].download(tmp_path)
    assert path == tmp_path / f"val_sample_2_{pictures[0].id[:8]}.webp"
    assert Image.open(path).convert("RGB").getpixel((0, 0)) == (2, 2, 2)
    (clip, *_) = found.media("clip")
    assert clip.download(tmp_path / "c.mp4").read_bytes()[4:8] == b"ftyp"

    table = next(found.tables())
    assert isinstance(table, StoredTable)
    assert table.columns == ["n", "text", "picture"]
    (first, second) = table.rows()
    assert (first[:2], first[2].kind, second) == ([2, "a,b"], "image", [None, [1], None])
    assert table.to_columns().to_pandas()["text"].tolist() == ["a,b", [1]]
    with table.download(tmp_path).open(newline="") as file:
        assert list(csv.reader(file)) == [["n", "text", "picture"], ["2", "a,b", f'"{first[2].id}"'], ["", "[1]", ""]]


TRACES = """
import numpy as np, trackio
def said(step, n):
    content = [{"type": "text", "text": f"why {step}.{n}?"}, trackio.Image(np.zeros((4, 4, 3), np.uint8))]
    return trackio.Trace([{"role": "user", "content": content}], {"reward": n}, [{"name": "generate"}])
with trackio.init(project="p", name="r") as run:
    for step in range(3):
        run.log({"rollouts": [said(step, n) for n in range(700)], "one": said(step, 7)}, step=step)
"""


def test_traces_are_read_searched_and_written_to_files(run, tmp_path):
    found = run(TRACES)
    assert found.metrics("trace") == ["one", "rollouts"]
    first = next(found.traces("rollouts"))
    assert (first["key"], first["step"], first["metadata"], first["spans"]) == (
        *("rollouts", 2),
        *({"reward": 0}, [{"name": "generate"}]),
    )
    text, picture = first["messages"][0]["content"]
    assert (text["text"], picture.kind, picture.state) == ("why 2.0?", "image", "ready")
    assert [trace["metadata"]["reward"] for trace in found.traces(search="1.69", step=1)] == [69, *range(690, 700)]
    listed = next(found.values("rollouts", ("trace",))).value
    assert len(listed) == 700
    lines = next(found.values("one", ("trace",))).value.download(tmp_path).read_text().splitlines()
    assert json.loads(lines[0])["messages"][0]["content"][0] == {"type": "text", "text": "why 2.7?"}


PAGES = """
import numpy as np, trackio
with trackio.init(project="p", name="r") as run:
    run.log({"page": trackio.Html("<html>hi</html>", caption="said")})
    run.log({"sound": trackio.Audio(np.zeros(800, np.float32), sample_rate=8_000)})
    run.log({"shape": trackio.Object3D(np.zeros((2, 3)))})
"""


def test_pages_are_media_that_are_written_to_files(run, tmp_path):
    (found,) = run(PAGES).media("page")
    assert (found.kind, found.caption) == ("html", "said")
    path = found.download(tmp_path)
    assert (path.suffix, path.read_text()) == (".html", "<html>hi</html>")


def test_sounds_and_shapes_are_media_that_are_written_to_files(run, tmp_path):
    shape, sound, _ = run(PAGES).media()
    assert (shape.kind, sound.kind) == ("object3d", "audio")
    assert (shape.download(tmp_path).suffix, sound.download(tmp_path).suffix) == (".ply", ".flac")


def test_a_run_is_read_again(daemon, until):
    with trackio.init(project="p", name="r") as run:
        run.log({"loss": 1.0})
        until(lambda: "p" in trackio.Api().projects(), "the run")
        found = trackio.Api().run("p", "r")
        assert (found.status, found.ended) == ("running", None)
    until(lambda: found.refresh().status == "finished", "the end")
    assert (found.rows, found.metrics()) == (1, ["loss"])
    assert "finished" in repr(found)


def test_a_run_is_renamed_moved_deleted_and_restored(run):
    one = run('import trackio\nwith trackio.init(project="p", name="r") as run: run.log({"loss": 1.0})')
    with pytest.raises(ValueError, match="must not be empty"):
        one.rename("")
    assert one.rename("better") is one
    assert (one.name, one.refresh().name) == ("better", "better")
    assert one.move("q") is True
    assert [found.name for found in trackio.Api().runs("q")] == ["better"]
    assert (one.delete(), one.delete()) == (True, True)
    assert len(trackio.Api().runs("q")) == 0
    with pytest.raises(NotFound, match="restore it first"):
        one.rename("x")
    assert one.restore()
    assert trackio.Api().run("q", "better").id == one.id


def test_a_project_is_deleted_after_a_question_unless_forced(run, monkeypatch, capsys):
    run('import trackio\nwith trackio.init(project="p", name="r") as run: run.log({"loss": 1.0})')
    asked = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "n")
    assert trackio.delete_project("p") is False
    assert "'p'" in asked[0]
    assert trackio.Api().projects() == ["p"]
    assert trackio.delete_project("p", force=True) is True
    assert trackio.Api().projects() == []
    assert trackio.delete_project("p", force=True) is False
    assert "there is no project 'p'" in capsys.readouterr().err
    assert len(asked) == 1


def test_system_metrics_are_columns_by_time(run):
    found = run("""
import trackio
with trackio.init(project="p", name="r", auto_log_cpu=False) as run:
    run.log({"loss": 1.0})
    for second in range(3):
        run.log_system({"gpu/0/temp": 40 + second, **({"loss": 7} if second == 1 else {})})
        import time; time.sleep(0.002)
""")
    assert found.metrics("system") == ["gpu/0/temp", "loss"]
    assert found.metrics() == ["loss"]
    whole = found.system()
    assert list(whole) == ["time", "gpu/0/temp", "loss"]
    assert whole["gpu/0/temp"].tolist() == [40, 41, 42]
    assert np.isnan(whole["loss"]).tolist() == [True, False, True]
    few = found.system("gpu/0/temp", samples=1)
    assert (few["gpu/0/temp"].tolist(), few["gpu/0/temp.max"].tolist()) == ([41.0], [42.0])
    assert found.history()["loss"].tolist() == [1.0]
    with pytest.raises(NotFound, match="system metric 'none' of run 'r'"):
        found.system("none")
