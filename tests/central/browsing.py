"""What tests of the pages share: a browser without scripts, and addresses."""

from __future__ import annotations

import re
from typing import Any

import requests

PASSWORD = "mật khẩu đủ dài"


class Browser:
    """A browser without scripts."""

    def __init__(self, server) -> None:
        self.server = server
        self.session = requests.Session()

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(self.server.url + path, timeout=20, **options)

    def post(self, path: str, fields: dict[str, str]) -> requests.Response:
        return self.session.post(self.server.url + path, data=fields, timeout=20, allow_redirects=False)

    def form_token(self, path: str = "/") -> str:
        return re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get(path).text)[1]

    def sign_in(self, username: str = "lan", password: str = PASSWORD) -> requests.Response:
        return self.post("/", {"username": username, "password": password, "form_token": self.form_token()})


def file_path(manifest: dict[str, Any], number: int = 0) -> str:
    file = manifest["papers"][number]["file"]
    return f"/records/{manifest['record_id']}/{manifest['revision']}/files/{file['sha256']}"
