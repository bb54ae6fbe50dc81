"""The log names no citizen and no secret, also where a traceback would."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.logs import mask, start_logging, stop_logging

ID = "024198000001"
TOKEN = "kJ8s-Qm2_xYz.0123456789abcdef"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    handler = start_logging(tmp_path / "logs")
    yield tmp_path / "logs" / "sohoa.log"
    stop_logging(handler)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"số {ID}.", "số 0241********."),
        ("CMND 123456789", "CMND 1234*****"),
        (f"file {ID}.pdf of '{ID}'", "file 0241********.pdf of '0241********'"),
        ("page of 1754 x 2480 at 300 dpi", "page of 1754 x 2480 at 300 dpi"),
        ("H02.15-220112-0001", "H02.15-220112-0001"),
        ("6f0d1c7e-6f2b-5d0a-9a51-6d1f5c0a8b11", "6f0d1c7e-6f2b-5d0a-9a51-6d1f5c0a8b11"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer ***"),
        (f"{{'token': '{TOKEN}'}}", "{'token': '***'}"),
        (f"token={TOKEN}&x=1", "token=***&x=1"),
    ],
)
def test_numbers_and_tokens_are_masked_and_the_rest_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.from_regex(r"[0-9]{9,12}", fullmatch=True), st.sampled_from([" ", ",", "'", "(", "_", "“", "="]))
def test_no_number_as_long_as_an_id_gets_through(number: str, around: str) -> None:
    assert number not in mask(f"owner{around}{number}{around}")


def test_messages_and_tracebacks_are_masked(log: Path) -> None:
    logger = logging.getLogger("app.test")
    logger.info("owner %s", ID)
    try:
        raise ValueError(f"the number {ID} with Bearer {TOKEN}")
    except ValueError:
        logger.exception("failed")
    text = log.read_text("utf-8")
    assert "owner 0241********" in text
    assert "Traceback" in text
    assert ID not in text
    assert TOKEN not in text


def test_a_stopped_log_is_written_no_more(tmp_path: Path) -> None:
    handler = start_logging(tmp_path)
    logger = logging.getLogger("app.test")
    logger.info("before")
    stop_logging(handler)
    logger.info("after")
    text = (tmp_path / "sohoa.log").read_text("utf-8")
    assert "before" in text
    assert "after" not in text
