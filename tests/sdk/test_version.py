"""trackio/version.py: one version, which the package, the distribution and its requirers agree on."""

from __future__ import annotations

from importlib import metadata

from packaging.version import Version

import trackio
from trackio.version import VERSION


def test_the_version_is_the_package_s_and_the_distribution_s():
    assert trackio.__version__ == VERSION
    assert Version(metadata.version("trackio")) == Version(VERSION)


def test_libraries_that_require_a_version_of_the_original_are_served():
    for required in ("0.11.0", "0.21.1", "0.43"):
        assert Version(VERSION) >= Version(required)
