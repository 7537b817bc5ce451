"""trackio/trace.py: conversations are read when they are logged, and all of one value go into one file."""

from __future__ import annotations

import numpy as np
import pytest

from trackio.media import Image, Table
from trackio.trace import Trace
from trackio.values import plain
from trackio.wire import unpack

SAID = [{"role": "user", "content": "why?"}, {"role": "assistant", "content": "because"}]


@pytest.fixture
def filed(tmp_path):
    """Takes files as the journal does: by number, with their bytes."""
    files = {}

    def file(fill):
        name = f"{len(files):032x}"
        fill(tmp_path / name)
        files[name] = (tmp_path / name).read_bytes()
        return name

    file.files = files
    return file


def logged(value, filed):
    """A value as a row holds it, and the traces of its file."""
    found = plain(value, lambda item: item._describe(filed))
    return found, unpack(filed.files[found["id"]])


def test_a_trace_is_a_file_of_one(filed):
    found, traces = logged(Trace(SAID, {"reward": 0.5}, [{"id": "a", "name": "generate", "start_time": 1.0}]), filed)
    assert (found["_type"], found["traces"], found["media"]) == ("trackio.trace", 1, [])
    spans = [{"id": "a", "name": "generate", "start_time": 1.0}]
    assert traces == [{"messages": SAID, "metadata": {"reward": 0.5}, "spans": spans}]
    assert found["bytes"] == len(filed.files[found["id"]])


def test_a_list_of_traces_is_one_file(filed):
    found, traces = logged([Trace(SAID, {"n": n}) for n in range(1_000)], filed)
    assert (found["traces"], len(filed.files)) == (1_000, 1)
    assert [trace["metadata"]["n"] for trace in traces] == list(range(1_000))


def test_traces_among_other_things_are_files_of_their_own(filed):
    found = plain(["text", Trace(SAID), {"deep": (Trace(SAID), Trace(SAID))}], lambda item: item._describe(filed))
    assert (found[0], found[1]["traces"], found[2]["deep"]["traces"]) == ("text", 1, 2)


def test_media_anywhere_inside_are_filed_beside_it(filed):
    pixels = Image(np.zeros((2, 2, 3), np.uint8), caption="seen")
    parts = [{"type": "text", "text": "look"}, {"type": "image", "image": pixels}]
    found, (trace,) = logged(Trace([{"role": "user", "content": parts}], {"table": Table(["a"], [[1]])}), filed)
    kept = trace["messages"][0]["content"][1]["image"]
    assert [media["_type"] for media in found["media"]] == ["trackio.image", "trackio.table"]
    assert kept == {"_type": "trackio.image", "id": found["media"][0]["id"], "caption": "seen"}


def test_what_has_no_plain_form_is_its_text_and_the_rest_stays(filed):
    odd = {"content": 1j, "array": np.zeros((200, 200)), 7: np.float32(0.5), "big": 2**70, "bad": "\ud800"}
    _, (trace,) = logged(Trace([{"role": "user", **odd}]), filed)
    said = trace["messages"][0]
    assert (said["content"], said["7"], said["big"], said["bad"]) == ("1j", 0.5, float(2**70), "?")
    assert said["array"].startswith("[[0.")


def test_a_conversation_that_holds_itself_ends(filed):
    said = {"role": "user"}
    said["parent"] = said
    _, (trace,) = logged(Trace([said]), filed)
    assert "nested more than" in str(trace)


def test_what_is_changed_after_it_was_made_is_what_is_logged_of_its_parts(filed):
    message = {"role": "user", "content": "first"}
    trace = Trace([message])
    message["content"] = "second"
    assert logged(trace, filed)[1][0]["messages"][0]["content"] == "first"


@pytest.mark.parametrize("given", ["text", [1], {"role": "user"}, None])
def test_messages_are_a_list_of_dicts(given):
    with pytest.raises(TypeError, match="messages are a list of dicts"):
        Trace(given)


def test_spans_are_a_list_of_dicts():
    with pytest.raises(TypeError, match="spans are a list of dicts"):
        Trace(SAID, spans=["generate"])
