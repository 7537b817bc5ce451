from __future__ import annotations

from trackiod.store import aside, keys

RUN = "a" * 32


def test_what_is_laid_aside_is_found_by_the_key_that_it_had(txn):
    first, other = keys.tail(RUN, 0, 1), keys.tail("b" * 32, 0, 1)
    for key in (first, other):
        txn.put(key, b"value")
        aside.lay(txn, key)
        assert txn.get(key) is None
        assert txn.get(keys.aside(key)) == b"value"
    assert aside.below(txn, keys.tails(RUN, 0)) == [first]
    assert aside.below(txn, keys.tails(RUN, 1)) == []
    assert aside.below(txn, b"") == [first, other]
