from __future__ import annotations

import pytest

from trackio_web.bundle import Bundle


@pytest.fixture
def bundle(tmp_path):
    root = tmp_path / "_bundle"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>")
    (root / "assets" / "app-1a2b.js").write_text("1")
    (root / ".stamp").write_text("x")
    (root / "assets" / "notes.py").write_text("x")
    (tmp_path / "secret.html").write_text("secret")
    return Bundle(root)


@pytest.mark.parametrize("name", ["index.html", "assets/app-1a2b.js"])
def test_a_file_of_the_bundle_is_found(bundle, name):
    assert bundle.file(name).is_file()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "../secret.html",
        "assets/../../secret.html",
        "/etc/passwd",
        "assets//app-1a2b.js",
        "..\\secret.html",
        ".stamp",
        "assets/.",
        "assets",
        "assets/notes.py",
        "index.html\0",
        "missing.js",
        "x" * 5_000 + ".js",
    ],
)
def test_nothing_else_is(bundle, name):
    assert bundle.file(name) is None


def test_a_bare_checkout_has_no_page(tmp_path):
    assert Bundle(tmp_path / "none").file("index.html") is None


def test_the_installed_bundle_lies_in_the_package():
    assert Bundle.installed().root.parts[-2:] == ("trackio_web", "_bundle")
