"""Files become blobs, or an outcome that says why not; a real worker is idle for all others and ends with its pipe."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from trackio.wire import pack
from trackiod import worker
from trackiod.jobs import Job, Outcome, framed, outcome, unframed
from trackiod.worker import done, keep, keep_copy

COMMAND = [sys.executable, "-m", "trackiod", "encode"]
TABLE = pack([["a"], [[1], [2]]])


@pytest.fixture
def blobs(tmp_path):
    (tmp_path / "blobs").mkdir()
    return tmp_path / "blobs"


@pytest.fixture
def job(tmp_path, blobs):
    """A job on a file with this content."""

    def make(kind, content, **fields):
        source = tmp_path / f"source-{kind}"
        source.write_bytes(content)
        return Job("f" * 32, kind, str(source), str(blobs), **fields)

    return make


def stored(blobs, name):
    """The content of a blob, which is what its name says."""
    content = (blobs / name[:2] / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == name
    return content


def files(folder):
    return {file for file in folder.rglob("*") if file.is_file() or file.is_symlink()}


def png(width=6, height=4):
    made = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(made, "PNG")
    return made.getvalue()


def test_a_file_becomes_a_blob_under_its_hash_once(tmp_path, blobs):
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    name = keep_copy(blobs, tmp_path / "file")
    assert stored(blobs, name) == b"x" * 3_000_000
    inode = (blobs / name[:2] / name).stat().st_ino
    assert keep(blobs, b"x" * 3_000_000) == name
    assert (blobs / name[:2] / name).stat().st_ino == inode
    assert len(files(blobs)) == 1
    assert (blobs / name[:2]).stat().st_mode & 0o777 == 0o700


def test_raw_pixels_become_a_picture_and_its_thumbnail(blobs, job):
    pixels = np.random.default_rng(1).integers(0, 256, (300, 500, 3), np.uint8)
    made = done(job("image", pixels.tobytes(), format="raw", shape=(300, 500, 3), mode="RGB")).made
    picture = stored(blobs, made.blob)
    assert (made.mime, made.width, made.height, made.frames, made.bytes) == ("image/webp", 500, 300, None, len(picture))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture))), pixels)
    assert Image.open(io.BytesIO(stored(blobs, made.thumb))).size == (256, 154)


def test_an_image_file_is_kept_as_it_is(blobs, job):
    made = done(job("image", png(), format="png")).made
    assert (stored(blobs, made.blob), made.mime, made.bytes) == (png(), "image/png", len(png()))
    assert stored(blobs, made.thumb)


def test_raw_frames_become_a_video_and_its_poster(blobs, job):
    made = done(job("video", bytes(5 * 3 * 16 * 16), format="raw", shape=(5, 3, 16, 16), fps=10.0)).made
    assert (made.mime, made.frames, made.fps, made.duration) == ("video/mp4", 5, 10.0, 0.5)
    assert len(stored(blobs, made.blob)) == made.bytes
    assert Image.open(io.BytesIO(stored(blobs, made.poster))).size == (16, 16)
    assert len(files(blobs)) == 2


def test_a_video_file_that_browsers_play_is_kept_as_it_is(blobs, job):
    first = done(job("video", bytes(3 * 3 * 16 * 16), format="raw", shape=(3, 3, 16, 16), fps=10.0)).made
    content = stored(blobs, first.blob)
    again = done(job("video", content, format="mp4")).made
    assert (again.blob, again.frames) == (first.blob, 3)


def test_a_table_is_kept_and_its_rows_are_counted(blobs, job):
    made = done(job("table", TABLE)).made
    assert (stored(blobs, made.blob), made.rows, made.bytes) == (TABLE, 2, len(TABLE))


def test_samples_become_sound_with_its_outline(blobs, job):
    made = done(job("audio", bytes(3_200), format="raw", shape=(1_600, 1), mode="int16", fps=16_000)).made
    assert (made.mime, made.duration, made.channels, made.rate) == ("audio/flac", 0.1, 1, 16_000)
    assert stored(blobs, made.blob)[:4] == b"fLaC"
    assert stored(blobs, made.peaks) == bytes(50)
    assert done(job("audio", b"junk", format="wav")).error.startswith("not sound")


def test_points_become_a_file_and_files_of_shapes_stay(blobs, job):
    made = done(job("object3d", bytes(24), format="raw", shape=(2, 3))).made
    assert (made.mime, made.vertices, made.faces) == ("model/ply", 2, 0)
    assert stored(blobs, made.blob).startswith(b"ply")
    made = done(job("object3d", b"v 0 0 0", format="obj")).made
    assert (made.mime, stored(blobs, made.blob)) == ("model/obj", b"v 0 0 0")
    assert "nothing in the file" in done(job("object3d", b"junk", format="obj")).error


@pytest.mark.parametrize(
    ("kind", "content", "form", "mime"),
    [
        ("html", b"<p onclick='x'>", "html", "text/html"),
        ("html", b'{"data": []}', "plotly", "application/vnd.plotly.v1+json"),
        ("library", b"x", "", "text/javascript"),
    ],
)
def test_pages_figures_and_their_scripts_are_kept_as_they_came(blobs, job, kind, content, form, mime):
    made = done(job(kind, content, format=form)).made
    assert (made.mime, stored(blobs, made.blob), made.bytes) == (mime, content, len(content))
    assert made.scripts is (True if form == "html" else None)


@pytest.mark.parametrize(
    ("kind", "content", "fields", "told"),
    [
        ("image", b"junk", {"format": "png"}, "not an image"),
        ("image", png()[:45], {"format": "png"}, "damaged"),
        ("image", b"12", {"format": "raw", "shape": (1, 1, 3), "mode": "RGB"}, "has 3 bytes, the file has 2"),
        ("video", b"junk", {"format": "mp4"}, ""),
        ("video", b"12", {"format": "raw", "shape": (1, 3, 1, 1), "fps": 1.0}, ""),
        ("table", b"junk", {}, "msgpack"),
        ("sculpture", b"", {}, "cannot encode a 'sculpture'"),
    ],
)
def test_what_cannot_be_encoded_fails_with_its_reason_and_leaves_nothing(blobs, job, kind, content, fields, told):
    ended = done(job(kind, content, **fields))
    assert (ended.made, ended.again) == (None, False)
    assert ended.error
    assert told in ended.error
    assert not files(blobs)


def test_a_file_that_is_gone_is_named_as_such(job):
    task = job("image", b"", format="png")
    Path(task.source).unlink()
    assert "gone before it could be encoded" in done(task).error


def test_a_full_disk_asks_for_another_try_and_leaves_nothing(blobs, job):
    name = hashlib.sha256(TABLE).hexdigest()
    (blobs / name[:2]).mkdir()
    (blobs / name[:2] / f".{name}.{os.getpid()}").symlink_to("/dev/full")
    ended = done(job("table", TABLE))
    assert (ended.made, ended.again) == (None, True)
    assert "No space left" in ended.error
    assert not files(blobs)
    assert done(job("table", TABLE)).made.blob == name


def test_what_rows_need_of_the_disk_is_left_to_them(blobs, job, monkeypatch):
    monkeypatch.setattr(worker, "media_room", lambda _: -1)
    assert done(job("table", TABLE)).again
    assert not files(blobs)


def test_a_video_that_does_not_fit_the_disk_is_tried_again(blobs, job):
    task = job("video", os.urandom(30 * 3 * 64 * 64), format="raw", shape=(30, 3, 64, 64), fps=10.0)
    (blobs / f".{task.id}.{os.getpid()}").symlink_to("/dev/full")
    ended = done(task)
    assert ended.again, ended
    assert not files(blobs)


@contextmanager
def at_work(**options):
    """A real worker, as the daemon starts it."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options) as process:
        yield process
        process.stdin.close()
        assert process.wait(30) == 0


def ask(process, task):
    process.stdin.write(framed(task))
    process.stdin.flush()
    return answer(process)


def answer(process):
    heard, buffer = bytearray(), []
    while not buffer:
        data = os.read(process.stdout.fileno(), 65536)
        assert data, "the worker ended"
        heard += data
        buffer = list(unframed(heard))
    return outcome(buffer[0])


def test_a_worker_does_job_after_job_and_runs_only_when_nobody_else_wants_to(blobs, job):
    with at_work() as process:
        assert ask(process, job("image", b"junk", format="png")).error
        assert ask(process, job("table", TABLE)).made.rows == 2
        us = psutil.Process(process.pid)
        assert us.nice() == 19
        assert os.sched_getscheduler(process.pid) == os.SCHED_IDLE
        assert us.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE
        assert Path(f"/proc/{process.pid}/oom_score_adj").read_text() == "800\n"
        assert us.rlimit(resource.RLIMIT_AS)[0] == worker.MAX_MEMORY
        assert 0 < us.rlimit(resource.RLIMIT_CPU)[0] <= worker.MAX_CPU + 60
        process.send_signal(signal.SIGINT)
        assert ask(process, job("image", png(), format="png")).made.width == 6


def test_limits_that_are_lower_than_ours_stay(job):
    lower = 4 * 2**30
    with at_work(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (lower, lower))) as process:
        assert ask(process, job("table", TABLE)).made.rows == 2
        assert psutil.Process(process.pid).rlimit(resource.RLIMIT_AS) == (lower, lower)


def test_what_libraries_print_does_not_get_between_the_outcomes(job):
    talking = "import os; from trackiod import tables, worker; rows = tables.rows\n"
    talking += "tables.rows = lambda file: (os.write(1, b'chatter'), print('more', flush=True), rows(file))[2]\n"
    command = [sys.executable, "-c", f"{talking}worker.work(0, 1)"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, printed = process.communicate(framed(job("table", TABLE)), 30)
    (found,) = unframed(bytearray(out))
    assert outcome(found).made.rows == 2
    assert b"chatter" in printed


def test_a_job_that_comes_in_pieces_is_done_when_it_is_whole(job):
    message = framed(job("table", TABLE))
    with at_work() as process:
        for byte in message[:-1]:
            os.write(process.stdin.fileno(), bytes([byte]))
        os.write(process.stdin.fileno(), message[-1:])
        assert isinstance(answer(process), Outcome)


def test_a_worker_dies_with_its_daemon_even_in_the_middle_of_a_job(tmp_path, blobs, until):
    os.mkfifo(tmp_path / "never")
    message = framed(Job("f" * 32, "table", str(tmp_path / "never"), str(blobs)))
    parent = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdin=0); print(p.pid, flush=True); p.wait()"
    reading, writing = os.pipe()
    with subprocess.Popen([sys.executable, "-c", parent, *COMMAND], stdin=reading, stdout=subprocess.PIPE) as process:
        os.close(reading)
        child = psutil.Process(int(process.stdout.readline()))
        os.write(writing, message)
        until(lambda: child.nice() == 19, "the worker")
        until(lambda: os.sched_getscheduler(child.pid) == os.SCHED_IDLE, "the worker")
        process.kill()
        child.wait(30)
    os.close(writing)
