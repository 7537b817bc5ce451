from __future__ import annotations

import hashlib

import pytest

from trackio.errors import BadRequest, NotFound
from trackio.wire import pack
from trackiod import rows
from trackiod.store import objects
from trackiod.store.objects import MediaReady, MediaRecord

TABLE = "3" * 32
CAT = {"_type": "trackio.image", "id": "1" * 32, "caption": "a cat"}
ANSWERS = (
    ["n", "a text", "score", "picture"],
    [
        [1, "The cat sat", 0.5, CAT],
        [2, "a DOG ran", None, None],
        [3, "nothing", float("nan"), [CAT, CAT]],
        [4, "cats, dogs", -2, None],
    ],
)


def ready(blob):
    made = {name: getattr(MediaReady(blob, "application/msgpack", 1), name) for name in MediaReady.__slots__}
    return MediaRecord(TABLE, "r", b"", "table", ["t"], {}, 0, "ready", made=made)


@pytest.fixture
def tables(tmp_path):
    return rows.Tables(tmp_path)


@pytest.fixture
def page(tables, tmp_path):
    """Asks for rows of a table that was logged."""

    def ask(table=ANSWERS, *, offset=0, limit=100, **asked):
        data = pack(list(table))
        blob = hashlib.sha256(data).hexdigest()
        path = objects.blob_path(tmp_path, blob)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return tables.page(ready(blob), rows.TableRequest(TABLE, offset, limit, **asked))

    return ask


def test_rows_are_sorted_by_any_column_with_what_has_no_order_last(page):
    cells = [3, None, 1.5, "b", float("nan"), True, "a"]
    table = ["x"], [[cell] for cell in cells]
    assert [row[0] for row in page(table, sort="x").rows[:5]] == [True, 1.5, 3, "a", "b"]
    assert [row[0] for row in page(table, sort="x", descending=True).rows[:5]] == ["b", "a", 3, 1.5, True]
    assert page(table, sort="x").rows[5] == [None]
    with pytest.raises(BadRequest, match="sort"):
        page(table, sort="none")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score > 0", [1]),
        ("score = null", [2]),
        ("score = nan", [3]),
        ("n in (1, 4) and score < 0", [4]),
        ('"a text" ~ "(?i)^.*dog"', [2, 4]),
        # alone, in any cell
        ("dog", [2, 4]),
        ("CAT", [1, 4]),
        ("cat -2", [4]),
        ("not cat", [2, 3]),
        ("picture = null", [2, 4]),
    ],
)
def test_rows_are_filtered_by_their_cells(page, text, expected):
    found = page(filter=text)
    assert [row[0] for row in found.rows] == expected
    assert found.total == len(expected)


def test_what_is_filtered_is_sorted_and_turned_page_by_page(page):
    found = page(filter="n > 1", sort="n", descending=True, offset=1, limit=1)
    assert ([row[0] for row in found.rows], found.total, found.offset) == ([3], 3, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none = 1", r"^filter: column 1: there is no column 'none'; there are n, a text, score, picture"),
        ("n >", r"^filter: column 4: expected a value after >"),
        ("and", r"^filter: column 1: expected a comparison such as n = 1, or a part of a text"),
    ],
)
def test_a_filter_that_cannot_be_read_says_where(page, text, said):
    with pytest.raises(BadRequest, match=said):
        page(filter=text)


def test_few_tables_are_kept_decoded_with_all_that_is_asked_of_them(page, tables, tmp_path):
    page()
    (blob,) = tmp_path.glob("*/*")
    blob.unlink()
    assert [row[0] for row in tables.page(ready(blob.name), rows.TableRequest(TABLE, 0, 9, filter="dog")).rows] == [
        2,
        4,
    ]
    with pytest.raises(NotFound):
        rows.Tables(tmp_path).page(ready(blob.name), rows.TableRequest(TABLE, 0, 9))
