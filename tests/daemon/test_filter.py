from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import BadRequest
from trackiod import filter as language
from trackiod.summaries import Summary

NOW = 1_800_000_000.0
HOUR = 3_600


@dataclass
class Run:
    name: str = "brave-resnet-50"
    id: str = "ab" * 16
    status: str = "running"
    group: str | None = None
    tags: list[str] = field(default_factory=lambda: ["base", "v2"])
    user: str = "ada"
    host: str = "node-7"
    notes: str | None = None
    error: str | None = None
    rows: int = 1_000
    created: float = NOW - 3 * HOUR
    started: float = NOW - 2 * HOUR
    ended: float | None = None
    last_activity: float = NOW - HOUR
    config: dict[str, Any] = field(
        default_factory=lambda: {
            "lr": 0.005,
            "seed": 2**60 + 1,
            "model": "resnet",
            "amp": True,
            "note": None,
            "version": "10",
            "layers": [64, 128],
            "optimizer": {"name": "adam", "betas": {"first": 0.9}},
            "data.path": "/x",
            "my key": {"a.b": 1},
            "scheduler": "none",
        }
    )
    summary: dict[str, Summary] = field(
        default_factory=lambda: {
            "val/loss": Summary(0.25, 0.2, 0.9, 0.5, 10, 9),
            "bad": Summary(math.nan, None, None, None, 3, 2),
            "a.min": Summary(7, 7, 7, 7, 1, 0),
            "a": Summary(1, 0, 2, 1, 5, 4),
        }
    )


def holds(text, **fields):
    return language.parse(text, NOW)(Run(**fields))


@pytest.mark.parametrize(
    "text",
    [
        "status = running and config.lr < 0.01 and summary.val/loss < 0.3",
        "status==running",
        "status in (finished, running)",
        "status not in (failed, crashed)",
        "not status = failed",
        "status = failed or config.lr<=5e-3",
        "(status = failed or user = ada) and host = node-7",
        # a text alone is a part of the name, whatever its case
        "resnet",
        "RESNET brave",
        '"brave-res"',
        "resnet not vgg",
        "",
        # names and identity
        "name = brave-resnet-50",
        "name ~ ^brave.*\\d+$",
        "name !~ vgg",
        "id ~ ^ab",
        "user in (ada)",
        "rows >= 1000",
        # tags and other lists: any item
        "tags = v2",
        "tags in (x, base)",
        "tags != v3",
        "tags not in (x, y)",
        "tags ~ ^v",
        "config.layers = 128",
        "config.layers > 100",
        # nested and odd keys
        "config.optimizer.name = adam",
        "config.optimizer.betas.first >= 0.9",
        "config.data.path = /x",
        'config."data.path" = "/x"',
        "config.'my key'.a.b = 1",
        # a value is compared as what was logged
        "config.seed = 1152921504606846977",
        "config.seed != 1152921504606846976",
        "config.amp = true",
        "config.amp != false",
        "config.version = 10",
        'config.version = "10"',
        "config.model > alpha",
        "config.scheduler = none",
        # what is there, and what is not
        "config.lr != null",
        "config.note = null",
        "config.missing = null",
        "group = null",
        "config.optimizer != null",
        "config.missing in (3, null)",
        # statistics; a metric that is called like one goes first
        "summary.val/loss.min = 0.2",
        "summary.val/loss.max > 0.8 summary.val/loss.mean = 0.5",
        "summary.val/loss.last < 0.3 and summary.val/loss.count = 10",
        "summary.a.min = 7",
        "summary.a.max = 2",
        "summary.bad = nan",
        "summary.bad.min = null",
        # times
        "created > 2026-01-01 and created < 2027-06-01T12:00Z",
        "created > now-4h",
        "created <= now-3h",
        "started >= 1700000000",
        "ended = null",
        "duration = 1h",
        "duration < 1.5h and duration > 59m",
    ],
)
def test_it_is_true_of_the_run(text):
    assert language.parse(text, NOW)(Run()) if text else True


@pytest.mark.parametrize(
    "text",
    [
        "status = finished",
        "status = failed and status = running or user = bob",
        "vgg",
        "name = resnet",
        "tags = v3",
        "tags != v2",
        "config.amp = 1",
        'config.amp = "true"',
        'config.lr = "0.005"',
        "config.version < 9",
        "config.version = 1e1",
        "config.lr < abc",
        "config.optimizer = adam",
        "config.optimizer.betas.second > 0",
        "config.lr.x = 1",
        "config.lr = null",
        "summary.bad < 1",
        "summary.bad >= 1",
        "summary.val/loss.min = null",
        "created < now-1d",
        "group ~ .",
        "group !~ x",
    ],
)
def test_it_is_false_of_the_run(text):
    assert not holds(text)


@pytest.mark.parametrize("comparison", ["= 1", "!= 1", "< 1", "<= 1", "> 1", ">= 1", "in (1)", "not in (1)", "~ 1"])
def test_what_a_run_does_not_have_makes_every_comparison_false(comparison):
    assert not holds(f"config.missing {comparison}")
    assert not holds(f"config.note {comparison}")
    if "~" not in comparison:
        assert not holds(f"summary.missing {comparison}")


def test_a_run_without_tags_has_none_of_them():
    assert holds("tags != a", tags=[])
    assert holds("tags = null", tags=[])
    assert not holds("tags = null")


def test_the_duration_of_a_run_that_goes_on_ends_with_its_last_row():
    assert holds("duration = 1h")
    assert holds("duration = 30m", ended=NOW - 1.5 * HOUR)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("status =", 9, "expected a value after =; found the end"),
        ("status = running and", 21, "expected a comparison"),
        ("status = runing", 10, "running or finished or failed or crashed"),
        ("statsu = running", 1, "no field 'statsu'"),
        ("config = 3", 1, "config.lr"),
        ("config. = 3", 1, "config.lr"),
        ("config..lr = 3", 1, "config.lr"),
        ("summary = 3", 1, "summary.loss.min"),
        ("summary.loss < low", 16, "a number is expected for summary.loss, not 'low'"),
        ("summary.loss ~ 3", 14, "which is no text"),
        ("created > yesterday", 11, "2026-01-31"),
        ("duration > long", 12, "45m"),
        ("config.lr < null", 13, "no order"),
        ("config.lr in 3", 14, "expected ( and a list of values"),
        ("config.lr in ()", 15, "expected a value"),
        ("config.lr in (1 2)", 17, "a comma, or ) for the ( in column 14"),
        ("(status = failed", 17, "or ) for the ( in column 1"),
        ("status = failed)", 16, "expected and, or, or the end; found ')'"),
        ("name ~ (", 8, "expected a regular expression after ~"),
        ('name ~ "("', 8, "a regular expression is expected"),
        ('name = "resnet', 8, "closing quote"),
        ("config.lr ! 3", 11, "= or ~ after it"),
        ("and status = failed", 1, "expected a comparison"),
        ("or", 1, "expected a comparison"),
        ("not", 4, "expected a comparison"),
        ("", 1, "expected a comparison"),
        ("= 3", 1, "expected a comparison"),
        ("rows = 1_000", 8, "a number is expected"),
        ("rows = ٣", 8, "a number is expected"),
        ("config." + "a." * 12 + "b = 1", 1, "at most 12 parts"),
        ("(" * 60 + "a" + ")" * 60, 51, "nested more than 50 deep"),
    ],
)
def test_an_error_names_the_column_and_what_was_expected(text, column, says):
    with pytest.raises(BadRequest) as caught:
        language.parse(text, NOW)
    assert str(caught.value).startswith(f"filter: column {column}: ")
    assert says in str(caught.value)


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(BadRequest, match="longer than 4096"):
        language.parse("a" * 5_000, NOW)


@pytest.mark.parametrize(("text", "value"), [("config.lr", 0.005), ("summary.val/loss.max", 0.9), ("name", Run.name)])
def test_a_field_alone_is_read(text, value):
    assert language.field(text).read(Run()) == value


@pytest.mark.parametrize("text", ["", "config", "lr", "config.lr name", "config.lr = 3", "(name)"])
def test_what_is_no_field_is_refused(text):
    with pytest.raises(BadRequest, match=r"^sort: column \d+: "):
        language.field(text)


@given(st.text(alphabet=st.sampled_from("()=<>!~,\"'\\. abin-0not/é\n") | st.characters(), max_size=60))
def test_any_text_is_a_filter_or_refused_by_name(text):
    try:
        test = language.parse(text, NOW)
    except BadRequest as error:
        assert str(error).startswith("filter: column ")
    else:
        assert test(Run()) in {True, False}


ATOMS = {"status = running": True, "config.lr > 1": False, "resnet": True, "tags in (x)": False, "rows != 7": True}
TREES = st.recursive(
    st.sampled_from(sorted(ATOMS)),
    lambda inner: st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    max_leaves=12,
)


def spelled(tree) -> str:
    match tree:
        case str():
            return tree
        case ("not", inner):
            return f"not ({spelled(inner)})"
        case (word, left, right):
            return f"({spelled(left)}) {word} ({spelled(right)})"


def truth(tree) -> bool:
    match tree:
        case str():
            return ATOMS[tree]
        case ("not", inner):
            return not truth(inner)
        case ("and", left, right):
            return truth(left) and truth(right)
        case (_, left, right):
            return truth(left) or truth(right)


@given(TREES)
def test_combinations_mean_what_logic_says(tree):
    assert holds(spelled(tree)) is truth(tree)


@given(st.lists(st.tuples(st.sampled_from(sorted(ATOMS)), st.sampled_from(["and", "or", ""])), min_size=1, max_size=8))
def test_and_binds_before_or_and_may_be_left_out(parts):
    text = " ".join(f"{atom} {word}" for atom, word in parts[:-1]) + " " + parts[-1][0]
    groups = [[]]
    for atom, word in parts:
        groups[-1].append(ATOMS[atom])
        if word == "or":
            groups.append([])
    if not groups[-1]:
        groups.pop()
    assert holds(text) is any(map(all, groups))


@given(st.text(min_size=1, max_size=30))
def test_quoted_text_is_any_text(text):
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert holds(f"name = {quoted}", name=text)
    assert holds(f"config.{quoted} = 3", config={text: 3})
