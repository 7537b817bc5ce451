from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from trackio.errors import BadRequest
from trackio_web import params

ONE = {"run": "r", "metric": "loss"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "project"),
        ({"project": ""}, "project"),
        ({"project": "x" * 5_000}, "project"),
        ({"project": "\udcff"}, "project"),
        ({"project": "p", "kinds": "image,exe"}, "kinds"),
        ({"project": "p", "limit": "-1"}, "limit"),
        ({"project": "p", "limit": "1e3"}, "limit"),
        ({"project": "p", "limit": "٣"}, "limit"),
        ({"project": "p", "runs": "," + "r," * 1_001}, "runs"),
    ],
)
def test_an_unusable_field_of_an_objects_request_is_named(query, field):
    with pytest.raises(BadRequest, match=f"^{field}:"):
        params.objects_request(query)


def test_an_objects_request_is_read_whole():
    found = params.objects_request(
        {"project": "p", "runs": "a,b,", "kinds": "image", "key": "k", "limit": "99999", "before": "c"}
    )
    assert found == params.ObjectsRequest("p", ("a", "b"), frozenset({"image"}), "k", 5_000, "c")


def test_left_out_fields_have_their_defaults():
    assert params.objects_request({"project": "p"}) == params.ObjectsRequest("p", None, None, None, 500, None)
    assert params.table_request({"id": "t"}) == params.TableRequest("t", 0, 100)
    held = params.table_request({"id": "t", "against": "u", "on": "n", "changed": "true"}).against
    assert held == params.Against("u", "n", changed=True)


def test_a_request_for_runs_is_read_whole():
    asked = MultiDict(project="p", filter="a", sort="name", descending="1", limit="5")
    found = params.runs_request(asked, 7.0)
    assert found == params.RunsRequest("p", "a", ("-name",), offset=0, limit=5, now=7.0)
    asked = MultiDict([("project", "p"), ("sort", "name"), ("sort", "-config.lr"), ("sort", "")])
    assert params.runs_request(asked, 7.0).sort == ("name", "-config.lr")
    assert params.runs_request(MultiDict(asked, descending="true"), 7.0).sort == ("-name", "config.lr")
    assert params.runs_request(MultiDict(project="p"), 7.0) == params.RunsRequest("p", None, (), 0, None, 7.0)
    many = MultiDict([("project", "p"), *[("sort", "name")] * 9])
    for query, field in ((MultiDict(), "project"), (MultiDict(project="p", offset="-1"), "offset"), (many, "sort")):
        with pytest.raises(BadRequest, match=f"^{field}:"):
            params.runs_request(query, 7.0)


@pytest.mark.parametrize(("fields", "wrong"), [(None, "fields"), (["x", 1], "fields"), (["x"] * 101, "fields")])
def test_an_unusable_request_for_columns_names_its_field(fields, wrong):
    assert params.columns_request({"project": "p", "fields": ["a", "b"]}) == ("p", ["a", "b"])
    with pytest.raises(BadRequest, match=f"^{wrong}:"):
        params.columns_request({"project": "p", "fields": fields})
    with pytest.raises(BadRequest, match=r"^project:"):
        params.columns_request({"fields": []})


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "id"), ({"id": "t", "offset": "x"}, "offset"), ({"id": "t", "descending": "yes"}, "descending")],
)
def test_an_unusable_field_of_a_table_request_is_named(query, field):
    with pytest.raises(BadRequest, match=f"^{field}:"):
        params.table_request(query)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "series"),
        ({"series": "loss"}, "series"),
        ({"series": ["loss"]}, "series"),
        ({"series": [ONE] * 1_001}, "series"),
        ({"series": [{"run": "r"}]}, r"series\[0\].metric"),
        ({"series": [ONE, {"run": 3, "metric": "m"}]}, r"series\[1\].run"),
        ({"series": [ONE | {"member": True}]}, r"series\[0\].member"),
        ({"series": [ONE | {"member": -1}]}, r"series\[0\].member"),
        ({"series": [ONE | {"kind": "image"}]}, r"series\[0\].kind"),
        ({"series": [ONE], "x": "relative"}, "x"),
        ({"series": [ONE], "width": 0}, "width"),
        ({"series": [ONE], "width": 1e3}, "width"),
        ({"series": [ONE], "width": True}, "width"),
        ({"series": [ONE], "first": "0"}, "first"),
        ({"series": [ONE], "last": 10**400}, "last"),
    ],
)
def test_an_unusable_field_of_a_series_request_is_named(body, field):
    with pytest.raises(BadRequest, match=f"^{field}:"):
        params.series_requests(body)


def test_every_series_of_a_request_shares_axis_width_and_range():
    first, second = params.series_requests(
        {"x": "time", "width": 300, "first": 1.5, "last": 9, "series": [ONE, ONE | {"member": 2}]}
    )
    assert (first.x, first.width, first.first, first.last, first.member) == ("time", 300, 1.5, 9, None)
    assert (second.run, second.metric, second.member) == ("r", "loss", 2)


def test_a_subscription_keeps_what_the_page_holds():
    body = {"series": [ONE | {"after": 12}, ONE | {"member": 1, "after": None}]}
    assert params.subscriptions(body) == [
        params.Subscription("r", "loss", None, 12),
        params.Subscription("r", "loss", 1, None),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": NaN}', "[" * 100_000, b"\xff{}"])
def test_a_body_that_is_not_a_json_object_is_refused(text):
    with pytest.raises(BadRequest, match=r"^body:"):
        params.json_object(text)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["run", "metric", "member", "after"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["series", "x", "width", "first", "last"]), anything))
def test_no_body_does_worse_than_being_refused(body):
    for read in (params.series_requests, params.subscriptions):
        try:
            read(body)
        except BadRequest as error:
            assert ":" in str(error)
