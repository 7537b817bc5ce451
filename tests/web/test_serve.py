from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import pytest

from trackio_web import serve
from trackio_web.guard import Door

PROGRAM = """
import sys
from pathlib import Path
from aiohttp import web
from trackio.places import Places
from trackio_web.serve import serve
from trackiod.config import Config

async def hello(request):
    return web.Response(text="hello")

def make_app(door):
    app = web.Application()
    app.router.add_get("/", hello)
    return app

folder = Path(sys.argv[1])
serve(Config(Places(folder, folder), port=0), make_app)
print("ended in order")
"""


@pytest.fixture
def process(tmp_path):
    """A web process with a pipe as its stdin, once its address is written."""
    started = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    address = tmp_path / "web.json"
    while not address.exists():
        assert started.poll() is None
        time.sleep(0.01)
    yield started, json.loads(address.read_text()), address
    started.kill()
    started.wait()
    started.stdin.close()
    started.stdout.close()


def test_the_address_is_written_for_this_user_only_and_answers(process):
    started, said, address = process
    assert said["pid"] == started.pid
    assert len(said["token"]) >= 32
    assert address.stat().st_mode & 0o777 == 0o600
    with urllib.request.urlopen(said["url"]) as reply:
        assert reply.read() == b"hello"


def test_sigterm_ends_it_in_order_and_takes_the_address_away(process):
    started, _, address = process
    started.send_signal(signal.SIGTERM)
    assert started.wait(10) == 0
    assert started.stdout.read() == "ended in order\n"
    assert not address.exists()


def test_it_ends_with_its_parent(process):
    started, _, address = process
    started.stdin.close()
    assert started.wait(10) == 0
    assert not address.exists()


def test_the_first_free_port_is_taken():
    with serve.listen("127.0.0.1", None) as first, serve.listen("127.0.0.1", None) as second:
        assert 7860 <= first.getsockname()[1] < second.getsockname()[1] < 7960


def test_a_port_that_is_taken_is_refused_with_the_way_out():
    with serve.listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="--port"):
        serve.listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_on_loopback_no_token_is_asked_for(host):
    assert serve.door(SimpleNamespace(host=host, allow_hosts=("GPU7",)), "t") == Door(frozenset({"gpu7"}))


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "gpu7.example.org"])
def test_beyond_loopback_the_token_is_asked_for_and_our_own_name_is_known(host):
    door = serve.door(SimpleNamespace(host=host, allow_hosts=()), "t")
    assert door.token == "t"
    assert socket.gethostname().lower() in door.hosts


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host, url):
    assert serve.url_of(host, 80) == url


def test_the_address_of_another_process_is_left_alone(tmp_path):
    path = tmp_path / "web.json"
    path.write_text(json.dumps({"pid": os.getpid() + 1}))
    serve.remove_address(path)
    assert path.exists()
    path.write_text("{")
    serve.remove_address(path)
    assert path.exists()
    serve.write_address(path, "http://x", "t")
    serve.remove_address(path)
    assert not path.exists()
    assert list(tmp_path.iterdir()) == []
