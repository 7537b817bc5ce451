from __future__ import annotations

import pytest

from trackio.errors import NotFound
from trackiod import recent
from trackiod.recent import Recent


@pytest.fixture
def blobs(tmp_path):
    for name in "abcdef":
        (tmp_path / (name * 2)).mkdir()
        (tmp_path / (name * 2) / (name * 64)).write_bytes(name.encode())
    return tmp_path


def test_what_was_made_of_a_blob_is_made_once(blobs):
    held, made = Recent(blobs), []
    make = lambda data: made.append(data) or data.upper()  # noqa: E731
    assert [held.get("key", "a" * 64, make) for _ in range(3)] == [b"A"] * 3
    assert held.get("other key", "a" * 64, make) == b"A"
    assert made == [b"a"] * 2


def test_the_least_recent_goes_first(blobs):
    held, made = Recent(blobs), []
    make = lambda data: made.append(data) or data  # noqa: E731
    for name in "abcdabcdeabcde":
        held.get(name, name * 64, make)
    assert b"".join(made) == b"abcdeabcde"


def test_what_is_large_is_not_kept(blobs, monkeypatch):
    monkeypatch.setattr(recent, "_KEPT_BYTES", 0)
    held, made = Recent(blobs), []
    for _ in range(2):
        held.get("a", "a" * 64, made.append)
    assert made == [b"a"] * 2


def test_a_blob_that_is_gone_is_not_found(blobs):
    with pytest.raises(NotFound, match="cannot be read: No such file"):
        Recent(blobs).get("x", "0" * 64, len)
