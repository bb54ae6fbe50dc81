"""The commands of docs/central.md do what they say: every block that is marked to be run is run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme

from tests.central.engines import S3_KEYS, free_port, province

PAGE = Path(__file__).parents[2] / "docs" / "central.md"
BLOCK = re.compile(r"^```sh run=(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Blocks with something that only the reader can put in; the commands in them are tested where they are at home.
ONLY_SHOWN = (
    "export ",
    "sohoa-central admin add ",
    "sohoa-central station revoke STATION",
    "sohoa-central enrol-code --station STATION",
)


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(PAGE.read_text("utf-8")) if name == kind]


def run(script: str, environment: dict[str, str], folder: Path) -> str:
    path = [str(Path(sys.executable).parent), environment["PATH"]]
    environment = environment | {"PATH": os.pathsep.join(path)}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, cwd=folder, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_block_is_run_or_says_that_it_is_only_shown():
    for kind, text in re.findall(r"^```sh(.*)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        assert kind.startswith(" run=") or all(line.startswith(ONLY_SHOWN) for line in text.splitlines()), text


def until_listening(script: str) -> str:
    """Wait in the script for servers that were started in it."""
    ports = " ".join(f'"${name}"' for name in ("PORT_A", "PORT_B") if f"${name}" in script)
    waiting = 'for port in {}; do until curl -fs "http://127.0.0.1:$port/healthz" > /dev/null; do sleep 0.2; done; done'
    return f"{script}\n{waiting.format(ports)}\n" if ports else script


@pytest.mark.timeout(200)
def test_two_replicas_from_nothing(environment, tmp_path):
    with province() as (postgres, seaweed):
        address = f"postgresql+psycopg://sohoa@127.0.0.1:{postgres.port}"
        password = tmp_path / "password"
        password.write_text("mật khẩu đủ dài\n", "utf-8")
        ports = {"PORT_A": str(free_port()), "PORT_B": str(free_port())}
        values = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(postgres.port),
            "PGUSER": "sohoa",
            "SOHOA_CENTRAL_DATABASE_URL": f"{address}/sohoa",
            "RESTORED_URL": f"{address}/sohoa_restored",
            "SOHOA_CENTRAL_FILES_URL": f"s3://sohoa-files?endpoint=http://127.0.0.1:{seaweed.port}",
            "SOHOA_CENTRAL_SIGNING_KEY": str(tmp_path / "receipt-key.pem"),
            "S3": f"http://127.0.0.1:{seaweed.port}",
            "SCRATCH": str(tmp_path),
            "ADMIN": "lan",
            "PASSWORD_FILE": str(password),
        }
        parts = blocks("province")
        starts = next(index for index, text in enumerate(parts) if "serve" in text)
        parts[starts] = until_listening(parts[starts].replace("--log-json &", "--log-json 2>/dev/null &"))
        script = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n" + "".join(parts)
        out = run(script, environment | S3_KEYS | values | ports, tmp_path)
    assert out.count('{"status":"ok"}') == 2
    assert "sohoa_requests_total" in out
    assert re.search(r"^[A-Z2-9]{4}(-[A-Z2-9]{4}){3}$", out, re.MULTILINE)
    assert out.count("0 dòng / lines") == 2


def test_one_folder_from_nothing_to_backup(environment, tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    values = {
        "DATA": str(tmp_path / "data"),
        "BACKUP": str(tmp_path / "copy"),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "CERTIFICATE": str(tmp_path / "cert.pem"),
        "CERTIFICATE_KEY": str(tmp_path / "key.pem"),
        "CURL_CA_BUNDLE": str(tmp_path / "ca.pem"),
        "ADMIN": "lan",
    }
    first, second = blocks("folder")
    # Somebody types the password; here it comes on standard input.
    first = first.replace('--data "$DATA"\n', '--data "$DATA" --password-stdin <<< "mật khẩu đủ dài"\n', 1)
    first = first.replace('"$CERTIFICATE_KEY"\n', '"$CERTIFICATE_KEY" 2>/dev/null &\n')
    waiting = 'until curl -fs "https://127.0.0.1:$PORT/healthz"; do sleep 0.2; done\n'
    script = f"trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n{first}{waiting}{second}"
    started = time.monotonic()
    out = run(script, environment | values, tmp_path)
    assert '{"status":"ok"}' in out
    assert "0 dòng / lines" in out
    assert (tmp_path / "copy" / "central.db").exists()
    assert time.monotonic() - started < 100
