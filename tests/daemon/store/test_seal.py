from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import seal


@given(st.lists(st.binary(max_size=50), max_size=4))
def test_what_was_sealed_is_opened(parts):
    assert bytes(seal.opened(seal.sealed(*parts))) == b"".join(parts)


@given(st.binary(max_size=50), st.data())
def test_any_flipped_bit_is_noticed(body, data):
    harmed = bytearray(seal.sealed(body))
    harmed[data.draw(st.integers(0, len(harmed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ValueError, match="checksum"):
        seal.opened(bytes(harmed))


@given(st.binary(max_size=50), st.data())
def test_what_was_cut_off_is_noticed(body, data):
    with pytest.raises(ValueError, match="checksum"):
        seal.opened(seal.sealed(b"x", body)[: data.draw(st.integers(0, len(body) + 4))])
