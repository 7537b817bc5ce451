from __future__ import annotations

import pytest

from trackio.wire import Row

VIDEO, OTHER = "c" * 32, "d" * 32
BYTES = bytes(range(256)) * 40


@pytest.fixture
def video(folder):
    """A folder with one video that is encoded and one that is not."""
    clip = {"_type": "trackio.video", "format": "mp4", "fps": 30, "bytes": 9, "caption": None}
    values = {"clip": clip | {"id": VIDEO}, "late": clip | {"id": OTHER}}
    folder.start().record(Row(step=0, time=1_700_000_000 * 10**9, values=values)).store()
    folder.ready(VIDEO, BYTES, "video/mp4", width=2, height=2, frames=3, fps=30.0, duration=0.1, poster=b"poster")
    return folder


async def test_the_bytes_are_kept_by_the_browser_for_ever(client, video):
    reply = await (await client()).get(f"/media/{VIDEO}")
    assert await reply.read() == BYTES
    assert reply.content_type == "video/mp4"
    assert "immutable" in reply.headers["Cache-Control"]
    assert reply.headers["Accept-Ranges"] == "bytes"


async def test_logged_bytes_run_nothing_whatever_they_are(client, video):
    reply = await (await client()).get(f"/media/{VIDEO}")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    ("asked", "expected", "told"),
    [
        ("bytes=0-9", BYTES[:10], "bytes 0-9/10240"),
        ("bytes=10000-", BYTES[10_000:], "bytes 10000-10239/10240"),
        ("bytes=-5", BYTES[-5:], "bytes 10235-10239/10240"),
        ("bytes=10-99999", BYTES[10:], "bytes 10-10239/10240"),
    ],
)
async def test_a_player_gets_the_range_it_asks_for(client, video, asked, expected, told):
    reply = await (await client()).get(f"/media/{VIDEO}", headers={"Range": asked})
    assert reply.status == 206
    assert reply.headers["Content-Range"] == told
    assert await reply.read() == expected


async def test_a_range_beyond_the_end_is_refused(client, video):
    reply = await (await client()).get(f"/media/{VIDEO}", headers={"Range": "bytes=20000-"})
    assert reply.status == 416
    assert reply.headers["Content-Range"] == "bytes */10240"


async def test_the_poster_is_there_and_a_part_that_was_never_made_is_not(client, video):
    asking = await client()
    reply = await asking.get(f"/media/{VIDEO}/poster")
    assert (await reply.read(), reply.content_type) == (b"poster", "image/webp")
    assert (await asking.get(f"/media/{VIDEO}/thumb")).status == 404


async def test_what_is_not_encoded_yet_is_not_kept_as_missing(client, video):
    reply = await (await client()).get(f"/media/{OTHER}")
    assert reply.status == 404
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_blob_that_was_lost_is_missing_not_an_error(client, video):
    for blob in video.places.blobs.glob("*/*"):
        blob.unlink()
    assert (await (await client()).get(f"/media/{VIDEO}")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{'e' * 32}",
        "/media/x",
        "/media/..%2f..%2fstore%2fdata.mdb",
        "/media/%2e%2e/%2e%2e/store/data.mdb",
        "/media/%00",
        "/media/" + "f" * 5_000,
        f"/media/{VIDEO}/../../store",
        f"/media/{VIDEO}/original",
        f"/media/{VIDEO.upper()}",
    ],
)
async def test_a_hostile_id_finds_nothing(client, video, path):
    reply = await (await client()).get(path)
    assert reply.status == 404
    assert "error" in await reply.json()


async def test_a_type_that_we_do_not_make_is_only_for_saving(client, folder):
    clip = {"_type": "trackio.image", "id": VIDEO, "format": "png", "bytes": 9, "caption": None}
    folder.start().record(Row(step=0, time=0, values={"clip": clip})).store()
    folder.ready(VIDEO, b"<script>alert(1)</script>", "text/html", width=1, height=1)
    reply = await (await client()).get(f"/media/{VIDEO}")
    assert reply.content_type == "application/octet-stream"
    assert reply.headers["Content-Disposition"] == "attachment"


async def test_a_sound_is_played_in_place_and_its_outline_fetched(client, folder):
    about = {"_type": "trackio.audio", "format": "wav", "bytes": 4, "caption": None}
    folder.start().record(Row(0, 1, {"sound": {"id": VIDEO, **about}})).store()
    folder.ready(VIDEO, b"fLaC", "audio/flac", duration=1.0, channels=1, rate=8_000, peaks=b"\xff\x01")
    asking = await client()
    reply = await asking.get(f"/media/{VIDEO}")
    assert (reply.content_type, reply.headers.get("Content-Disposition")) == ("audio/flac", None)
    reply = await asking.get(f"/media/{VIDEO}/peaks")
    assert (await reply.read(), reply.content_type) == (b"\xff\x01", "application/octet-stream")
    assert (await asking.get(f"/media/{VIDEO}/poster")).status == 404
