"""The version of this package; the build reads it, too."""

VERSION = "1.0.0.dev1"
