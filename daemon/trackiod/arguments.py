"""Arguments of edits, checked: each is what its action needs, or BadRequest names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Longest name, group or tag, and longest notes, in characters.
MAX_NAME: Final = 500
MAX_NOTES: Final = 100_000
MAX_TAGS: Final = 100
#: Slots of the palette are numbered from 0; pages repeat their colours with other dashes.
MAX_COLOUR: Final = 999


def text(given: Mapping[str, Any], name: str, longest: int = MAX_NAME) -> str:
    """Return an argument that is text, and more than spaces."""
    found = plain(given, name, longest)
    if not found.strip():
        raise BadRequest(f"{name}: must not be empty")
    return found


def text_or_null(given: Mapping[str, Any], name: str, longest: int) -> str | None:
    """Return an argument that is text, None where it is null or empty."""
    return None if given[name] is None else plain(given, name, longest) or None


def texts(given: Mapping[str, Any], name: str) -> list[str]:
    """Return an argument that is a list of texts, each once."""
    found = given[name]
    if not isinstance(found, list) or len(found) > MAX_TAGS:
        raise BadRequest(f"{name}: must be a list of at most {MAX_TAGS} texts")
    return list(dict.fromkeys(text({name: each}, name) for each in found))


def colour(given: Mapping[str, Any]) -> int | None:
    """Return the argument `colour`: a slot of the palette, or None."""
    found = given["colour"]
    if found is None or (isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MAX_COLOUR):
        return found
    raise BadRequest(f"colour: must be a slot of the palette, 0 to {MAX_COLOUR}, or null")


def step(given: Mapping[str, Any], name: str) -> int:
    """Return an argument that is a step."""
    found = given[name]
    if isinstance(found, int) and not isinstance(found, bool) and -(2**63) <= found < 2**63:
        return found
    raise BadRequest(f"{name}: must be a step, a whole number")


def plain(given: Mapping[str, Any], name: str, longest: int) -> str:
    """Return an argument that is text of at most `longest` characters."""
    value = given[name]
    if not isinstance(value, str):
        raise BadRequest(f"{name}: must be text")
    if len(value) > longest:
        raise BadRequest(f"{name}: is longer than {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(f"{name}: is not valid text") from error
    return value
