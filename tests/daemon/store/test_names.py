from __future__ import annotations

from trackiod.store import keys, names

RUN, OTHER = "a" * 32, "b" * 32
KINDS = ("scalar", "image", "video", "table", "value")


def of_run(txn, run=RUN):
    return sorted(names.of_run(txn, run))


def of_project(txn, project="p"):
    return sorted(names.of_project(txn, project))


def test_a_name_is_known_to_its_run_and_counted_in_its_project(txn):
    names.register(txn, "p", RUN, "scalar", ["loss", "train/acc"])
    names.register(txn, "p", OTHER, "scalar", ["loss"])
    assert of_run(txn) == [("loss", "scalar"), ("train/acc", "scalar")]
    assert of_run(txn, OTHER) == [("loss", "scalar")]
    assert of_project(txn) == [("loss", "scalar", 2), ("train/acc", "scalar", 1)]


def test_a_run_counts_once_however_often_it_logs(txn):
    for _ in range(3):
        names.register(txn, "p", RUN, "scalar", ["loss", "loss"])
    assert of_project(txn) == [("loss", "scalar", 1)]


def test_a_name_of_several_kinds_is_each_of_them(txn):
    for kind in KINDS:
        names.register(txn, "p", RUN, kind, ["x"])
    assert of_run(txn) == sorted(("x", kind) for kind in KINDS)
    assert of_project(txn) == sorted(("x", kind, 1) for kind in KINDS)


def test_projects_do_not_share_names(txn):
    names.register(txn, "p", RUN, "scalar", ["loss"])
    names.register(txn, "q", OTHER, "scalar", ["acc"])
    assert of_project(txn) == [("loss", "scalar", 1)]
    assert of_project(txn, "q") == [("acc", "scalar", 1)]
    assert of_project(txn, "none") == []


def test_names_of_any_length_and_script_come_back(txn):
    given = ["", "loss " * 1000, "größe/损失", "a\0b", "\U0001f600"]
    names.register(txn, "p", RUN, "value", given)
    assert of_run(txn) == sorted((name, "value") for name in given)
    assert of_project(txn) == sorted((name, "value", 1) for name in given)


def test_kinds_are_kept_as_the_letters_of_the_format_page(txn):
    for kind in KINDS:
        names.register(txn, "p", RUN, kind, [kind])
    for kind, letter in zip(KINDS, "sivto", strict=True):
        assert txn.get(keys.name(RUN, letter, kind)) == kind.encode()
        assert txn.get(keys.project_name("p", letter, kind)) is not None


def test_a_run_that_is_not_listed_is_not_counted_until_it_is(txn):
    names.register(txn, None, RUN, "scalar", ["loss"])
    names.register(txn, "p", OTHER, "scalar", ["loss"])
    assert of_project(txn) == [("loss", "scalar", 1)]
    names.recount(txn, "p", RUN, 1)
    assert of_project(txn) == [("loss", "scalar", 2)]
    names.recount(txn, "p", OTHER, -1)
    names.recount(txn, "p", RUN, -1)
    assert of_project(txn) == []
    assert of_run(txn) == [("loss", "scalar")]


def test_a_name_that_is_forgotten_is_counted_once_less(txn):
    names.register(txn, "p", RUN, "scalar", ["loss"])
    names.forget(txn, "p", RUN, "scalar", "loss")
    names.forget(txn, "p", RUN, "scalar", "loss")
    assert (of_run(txn), of_project(txn)) == ([], [])
