"""The house rules that a machine can hold: contracts, a mirror test for each file, documents that are true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PACKAGES = {"sdk": ROOT / "sdk/trackio", "daemon": ROOT / "daemon/trackiod", "web": ROOT / "web/trackio_web"}
SOURCES = [(room, file) for room, folder in PACKAGES.items() for file in sorted(folder.rglob("*.py"))]
#: Files whose behaviour is somebody else's test: faces, and the names of things.
WITHOUT_MIRROR = {"__init__", "errors", "appkeys"}


def test_imports_go_one_way_only():
    lint = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("room", "file"), SOURCES, ids=lambda value: getattr(value, "stem", value))
def test_every_file_has_its_test(room, file):
    if file.stem in WITHOUT_MIRROR:
        return
    inside = file.relative_to(PACKAGES[room]).parent
    name = file.stem.strip("_")
    assert (ROOT / "tests" / room / inside / f"test_{name}.py").exists()


@pytest.mark.parametrize(("room", "file"), SOURCES, ids=lambda value: getattr(value, "stem", value))
def test_every_file_opens_with_its_charter(room, file):
    charter = ast.get_docstring(ast.parse(file.read_text()))
    assert charter, f"{file} does not say what it is for"


def test_nothing_is_named_for_a_drawer():
    for _, file in SOURCES:
        assert file.stem not in {"utils", "helpers", "manager", "common", "misc"}, file


def test_every_route_is_documented():
    routes = re.findall(r'"(/(?:api/v1|media|version)[^"]*)"', (PACKAGES["web"] / "app.py").read_text())
    assert routes
    page = (ROOT / "docs/HTTP.md").read_text()
    for route in routes:
        assert re.sub(r"\{.*", "", route).rstrip("/") in page, f"{route} is not in docs/HTTP.md"


def test_every_record_and_message_is_documented():
    page = (ROOT / "docs/FORMAT.md").read_text()
    for kind in re.findall(r'KIND: ClassVar\[str\] = "(\w+)"', (PACKAGES["sdk"] / "wire.py").read_text()):
        assert kind in page, f"{kind} is not in docs/FORMAT.md"


def test_every_environment_variable_is_documented():
    named = set()
    for _, file in SOURCES:
        named |= set(re.findall(r'"(TRACKIO_[A-Z_]+)"', file.read_text()))
    page = (ROOT / "docs/SETTINGS.md").read_text()
    assert not {name for name in named if name not in page}


def test_the_version_is_newer_than_what_it_replaces():
    assert Version(metadata.version("trackio")) > Version("0.43")
