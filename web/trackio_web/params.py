"""Query strings and JSON bodies become typed requests here, or BadRequest naming the field."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from trackio.errors import BadRequest
from trackiod.query import (
    AfterRequest,
    Against,
    AlertsRequest,
    GroupsRequest,
    Kind,
    ObjectsRequest,
    RunsRequest,
    SeriesRequest,
    TableRequest,
    TracesRequest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from multidict import MultiMapping

#: Most series of one request or one subscription.
MAX_SERIES: Final = 1_000
#: Most groups and runs, added up, of one request for groups.
MAX_GROUPED: Final = 20_000
#: Most points of one request for points, of all series together.
MAX_POINTS: Final = 2_000_000
#: Most buckets of one series; wider than any screen.
MAX_WIDTH: Final = 20_000
#: Longest id, name or key that a request may hold, in characters.
MAX_TEXT: Final = 4_096
#: Most parts of the steps that objects are thinned out to, of one run and key.
MAX_PARTS: Final = 2_000
#: Most fields of all runs, and most whole runs, of one request for them.
MAX_FIELDS: Final = 100
MAX_RUNS: Final = 2_000
_MAX_SORTS: Final = 8
_KINDS: Final = frozenset(get_args(Kind)) - {"scalar"}
_STEP: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
#: Levels of alerts.
_LEVELS: Final = frozenset({"info", "warn", "error"})


@dataclass(frozen=True, slots=True)
class Subscription:
    """One series that a page has on screen, and the last step it holds."""

    run: str
    metric: str
    member: int | None
    after: float | None
    kind: str = "scalar"


def required(query: Mapping[str, str], name: str) -> str:
    """Return a field that must be there and not empty."""
    value = optional(query, name)
    if value is None:
        raise BadRequest(f"{name}: is missing")
    return value


def optional(query: Mapping[str, str], name: str) -> str | None:
    """Return a field, or None where it is missing or empty."""
    return _text(query.get(name) or None, name)


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a field that is a whole number of 0 to `most`; larger ones are cut to `most`."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise BadRequest(f"{name}: {text[:50]!r} is not a whole number of 0 or more")
    return min(int(text), most)


def objects_request(query: Mapping[str, str]) -> ObjectsRequest:
    """Read the fields of `GET /api/v1/objects` and `/api/v1/steps`."""
    runs, kinds = _list(query, "runs"), _list(query, "kinds")
    unknown = set(kinds or ()) - _KINDS
    if unknown:
        raise BadRequest(f"kinds: {', '.join(sorted(unknown))[:200]} is none of {', '.join(sorted(_KINDS))}")
    parts = whole(query, "parts", 0, MAX_PARTS) or None
    key, before = optional(query, "key"), optional(query, "before")
    if parts is not None and (key is None or before is not None):
        raise BadRequest("parts: goes with key and without before")
    return ObjectsRequest(
        project=required(query, "project"),
        runs=runs,
        kinds=frozenset(kinds) if kinds else None,
        key=key,
        limit=max(1, whole(query, "limit", 500, 5_000)),
        before=before,
        first=_step(query, "first"),
        last=_step(query, "last"),
        parts=parts,
    )


def _step(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    if _STEP.fullmatch(text) is None or not -(2**63) <= int(text) < 2**63:
        raise BadRequest(f"{name}: {text[:50]!r} is not a step")
    return int(text)


def alerts_request(query: Mapping[str, str]) -> AlertsRequest:
    """Read the fields of `GET /api/v1/alerts`."""
    levels = _list(query, "level")
    unknown = set(levels or ()) - _LEVELS
    if unknown:
        raise BadRequest(f"level: {', '.join(sorted(unknown))[:200]} is none of {', '.join(sorted(_LEVELS))}")
    since = optional(query, "since")
    return AlertsRequest(
        project=required(query, "project"),
        run=optional(query, "run"),
        levels=frozenset(levels) if levels else None,
        since=None if since is None else time_of(since, "since"),
        limit=max(1, whole(query, "limit", 500, 5_000)),
        before=optional(query, "before"),
    )


def time_of(text: str, name: str) -> float:
    """Return a time, seconds since the epoch or ISO 8601 (in UTC unless it says so), in seconds."""
    with suppress(ValueError):
        return _finite(float(text))
    with suppress(ValueError):
        # In a query string, a plus sign is a space.
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace(" ", "+" if "T" in text else " "))
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
    raise BadRequest(f"{name}: {text[:50]!r} is neither an ISO 8601 time nor seconds since the epoch")


def _finite(number: float) -> float:
    if not -1e11 < number < 1e11:
        raise ValueError(number)
    return number


def runs_request(query: MultiMapping[str], now: float) -> RunsRequest:
    """Read the fields of `GET /api/v1/runs`; `descending` turns every field around."""
    sort = [text for given in query.getall("sort", []) if (text := _text(given, "sort"))]
    if len(sort) > _MAX_SORTS:
        raise BadRequest(f"sort: {len(sort)} fields are more than {_MAX_SORTS}")
    return RunsRequest(
        project=required(query, "project"),
        filter=optional(query, "filter"),
        sort=tuple(map(_turned, sort) if truth(query, "descending") else sort),
        offset=whole(query, "offset", 0, 2**53),
        limit=whole(query, "limit", 0, 2**53) if "limit" in query else None,
        now=now,
    )


def _turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def columns_request(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Read the body of `POST /api/v1/columns`: of which project which fields."""
    return _field(body, "project", "project"), _texts(body, "fields", MAX_FIELDS)


def runs_by_ids(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Read the body of `POST /api/v1/runs`: of which project which runs."""
    return _field(body, "project", "project"), _texts(body, "ids", MAX_RUNS)


def table_request(query: Mapping[str, str]) -> TableRequest:
    """Read the fields of `GET /api/v1/table`."""
    return TableRequest(
        id=required(query, "id"),
        offset=whole(query, "offset", 0, 2**53),
        limit=whole(query, "limit", 100, 10_000),
        sort=optional(query, "sort"),
        descending=truth(query, "descending"),
        filter=optional(query, "filter"),
        against=_against(query),
    )


def _against(query: Mapping[str, str]) -> Against | None:
    earlier = optional(query, "against")
    if earlier is None:
        return None
    return Against(earlier, optional(query, "on"), changed=truth(query, "changed"))


def traces_request(query: Mapping[str, str]) -> TracesRequest:
    """Read the fields of `GET /api/v1/traces` and `GET /api/v1/trace_steps`."""
    by = query.get("sort") or "step"
    if by not in {"step", "time"}:
        raise BadRequest("sort: must be step or time")
    return TracesRequest(
        project=required(query, "project"),
        runs=_list(query, "runs"),
        key=optional(query, "key"),
        step=_step(query, "step"),
        search=optional(query, "search"),
        by_time=by == "time",
        descending=truth(query, "descending", default="true"),
        offset=whole(query, "offset", 0, 2**53),
        limit=whole(query, "limit", 100, 1_000),
    )


def truth(query: Mapping[str, str], name: str, default: str = "false") -> bool:
    """Return a field that is true or false, the default where it is missing."""
    text = query.get(name, default).lower()
    if text not in {"true", "false", "1", "0"}:
        raise BadRequest(f"{name}: must be true or false")
    return text in {"true", "1"}


def json_object(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that a body or a message holds."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"body: is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise BadRequest("body: must be a JSON object")
    return value


def series_requests(body: dict[str, Any]) -> list[SeriesRequest]:
    """Read the body of `POST /api/v1/series`: one request per series, in order."""
    x, width, first, last = _axis(body)
    before = body.get("before", False)
    if not isinstance(before, bool):
        raise BadRequest("before: must be true or false")
    return [
        SeriesRequest(
            run=_key(item, "run", at),
            metric=_key(item, "metric", at),
            member=_member(item, f"series[{at}].member"),
            x=x,
            width=width,
            first=first,
            last=last,
            kind=_kind(item, at),
            before=before,
        )
        for at, item in enumerate(_series_items(body))
    ]


def groups_request(body: dict[str, Any]) -> GroupsRequest:
    """Read the body of `POST /api/v1/groups`."""
    x, width, first, last = _axis(body, ("step", "time", "relative", "metric"))
    axis = body.get("axis")
    if (x == "metric") != isinstance(axis, str) or not isinstance(axis, str | None):
        raise BadRequest("axis: must be the name of a metric where x is metric, else null")
    member: int | Literal["all"] | None = "all" if body.get("member") == "all" else _member(body, "member")
    groups = body.get("groups")
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise BadRequest("groups: must be a list of objects with name and runs")
    named = tuple(
        (_field(group, "name", f"groups[{at}].name"), _ids(group.get("runs"), at)) for at, group in enumerate(groups)
    )
    if sum(1 + len(runs) for _, runs in named) > MAX_GROUPED:
        raise BadRequest(f"groups: more than {MAX_GROUPED} groups and runs")
    metric = _field(body, "metric", "metric")
    return GroupsRequest(metric, named, x, width, first, last, _text(axis, "axis"), member)


def points_requests(body: dict[str, Any]) -> list[AfterRequest]:
    """Read the body of `POST /api/v1/points`: one request per series, in order."""
    items, after, limit = _series_items(body), _number(body, "after"), body.get("limit", 10_000)
    if not _is_int(limit) or limit < 1 or limit * len(items) > MAX_POINTS:
        raise BadRequest(f"limit: must be a whole number of 1 or more, and {MAX_POINTS} in all series at most")
    return [
        AfterRequest(
            _key(item, "run", at),
            _key(item, "metric", at),
            _member(item, f"series[{at}].member"),
            after,
            limit,
            _kind(item, at),
        )
        for at, item in enumerate(items)
    ]


def subscriptions(body: dict[str, Any]) -> list[Subscription]:
    """Read the `series` of a subscribe message."""
    return [
        Subscription(
            _key(item, "run", at),
            _key(item, "metric", at),
            _member(item, f"series[{at}].member"),
            _number(item, "after"),
            _kind(item, at),
        )
        for at, item in enumerate(_series_items(body))
    ]


def name_or_null(body: dict[str, Any], name: str) -> str | None:
    """Return a field of a JSON object that is text or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name}: must be text or null")
    return _text(value, name)


def _series_items(body: dict[str, Any]) -> list[dict[str, Any]]:
    items = body.get("series")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadRequest("series: must be a list of objects with run and metric")
    if len(items) > MAX_SERIES:
        raise BadRequest(f"series: {len(items)} are more than {MAX_SERIES}")
    return items


def _axis(
    body: dict[str, Any], known: tuple[str, ...] = ("step", "time")
) -> tuple[str, int, float | None, float | None]:
    """Read on which axis, in how many parts at most, from where and up to where."""
    x = body.get("x", "step")
    if x not in known:
        raise BadRequest(f"x: must be {' or '.join(known)}")
    width = body.get("width", 1_000)
    if not _is_int(width) or not 1 <= width <= MAX_WIDTH:
        raise BadRequest(f"width: must be a whole number of 1 to {MAX_WIDTH}")
    return x, width, _number(body, "first"), _number(body, "last")


def _key(item: dict[str, Any], name: str, at: int) -> str:
    return _field(item, name, f"series[{at}].{name}")


def _field(item: dict[str, Any], name: str, called: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"{called}: must be text")
    return _text(value, called) or ""


def _ids(value: object, at: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(run, str) for run in value):
        raise BadRequest(f"groups[{at}].runs: must be a list of run ids")
    return tuple(_text(run, f"groups[{at}].runs") or "" for run in value)


def _texts(body: dict[str, Any], name: str, most: int) -> list[str]:
    items = body.get(name)
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise BadRequest(f"{name}: must be a list of text")
    if len(items) > most:
        raise BadRequest(f"{name}: {len(items)} are more than {most}")
    return [_text(item, name) or "" for item in items]


def _member(item: dict[str, Any], called: str) -> int | None:
    value = item.get("member")
    if value is None or (_is_int(value) and 0 <= value < 2**31):
        return value
    raise BadRequest(f"{called}: must be a whole number or null")


def _kind(item: dict[str, Any], at: int) -> str:
    kind = item.get("kind", "scalar")
    if kind not in ("scalar", "system"):
        raise BadRequest(f"series[{at}].kind: must be scalar or system")
    return str(kind)


def _number(body: dict[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300 or not math.isfinite(value):
        raise BadRequest(f"{name}: must be a number or null")
    return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _list(query: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    text = query.get(name)
    if not text:
        return None
    parts = tuple(part for part in text.split(",") if part)
    if len(parts) > MAX_SERIES:
        raise BadRequest(f"{name}: {len(parts)} are more than {MAX_SERIES}")
    return parts or None


def _text(value: str | None, name: str) -> str | None:
    if value is None:
        return None
    if len(value) > MAX_TEXT:
        raise BadRequest(f"{name}: is longer than {MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(f"{name}: is not valid text") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
