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
    """Asks for rows of a table that was logged, perhaps held against another."""

    def logged(table):
        data = pack(list(table))
        blob = hashlib.sha256(data).hexdigest()
        path = objects.blob_path(tmp_path, blob)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return ready(blob)

    def ask(table=ANSWERS, *, offset=0, limit=100, earlier=None, **asked):
        return tables.page(logged(table), rows.TableRequest(TABLE, offset, limit, **asked), earlier and logged(earlier))

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


NEW = (
    ["id", "text", "score", "seen"],
    [["b", "same", 1, CAT], ["c", "other", 2.5, None], ["d", "more", nan := float("nan"), None]],
)
OLD = ["text", "id", "score"], [["one", "a", 0], ["same", "b", 1.0], ["this", "c", 2], ["more", "d", nan]]


def against(on="id", **how):
    return rows.Against("4" * 32, on, **how)


def test_rows_are_held_against_those_of_an_earlier_table_with_the_same_cell(page):
    found = page(NEW, earlier=OLD, against=against())
    assert [(row[0], change.kind) for row, change in zip(found.rows, found.changes, strict=True)] == [
        *(("b", "same"), ("c", "changed"), ("d", "same"), ("a", "gone")),
    ]
    assert (found.total, found.rows[3]) == (4, ["a", "one", 0, None])
    assert (found.changes[1].before, found.changes[1].differ) == (["c", "this", 2, None], [1, 2])
    changed = page(NEW, earlier=OLD, against=against(changed=True), filter="score > 1", sort="text")
    assert [row[0] for row in changed.rows] == ["c"]
    assert page(NEW, against=None).changes is None


def test_without_a_column_rows_of_the_same_number_belong_together(page):
    table = ["x"], [[1], [1], [2]]
    found = page(table, earlier=(["x"], [[1], [3]]), against=against(on=None))
    assert [change.kind for change in found.changes] == ["same", "changed", "new"]
    # Of equal cells, each is matched once.
    found = page(table, earlier=(["x"], [[1], [3]]), against=against(on="x"))
    assert [change.kind for change in found.changes] == ["same", "new", "new", "gone"]


def test_media_count_as_the_same_and_lists_by_their_items(page):
    old = ["n", "m"], [[1, CAT], [2, [CAT, 1]], [3, [CAT]]]
    new = ["n", "m"], [[1, {**CAT, "id": "2" * 32}], [2, [CAT, 2]], [3, [CAT]]]
    assert [change.kind for change in page(new, earlier=old, against=against("n")).changes] == [
        "same",
        "changed",
        "same",
    ]


def test_tables_without_such_a_column_in_both_cannot_be_held_against_each_other(page):
    with pytest.raises(BadRequest, match=r"^on: there is no column 'seen' in both"):
        page(NEW, earlier=OLD, against=against("seen"))
    with pytest.raises(NotFound):
        page(NEW, against=against())
