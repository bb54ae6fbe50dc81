"""Uploads are looked at for being what they claim; a hostile PDF takes only the process that looked."""

from __future__ import annotations

import os
import signal
import subprocess
import zlib

import pikepdf
import pytest

from central.contents import _PROGRAM, PageCounter
from central.page_counting import UNREADABLE
from tests.pdfs import pdf_of


@pytest.fixture
def counter():
    one = PageCounter(seconds=10)
    yield one
    one.close()


def counted(counter, tmp_path, content: bytes) -> int:
    path = tmp_path / "file"
    path.write_bytes(content)
    return counter.count(path)


def locked(text: str) -> bytes:
    import io

    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_of(text))) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    return target.getvalue()


def bomb() -> bytes:
    """An object stream that unpacks to 4 GB of spaces."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 24)) for _ in range(256)) + packer.flush()
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length " + str(len(packed)).encode()
    objects = head + b" >>\nstream\n" + packed + b"\nendstream\nendobj\n"
    rows = b"\x00\x00\x00\x00\x00" + b"\x01\x00\x00\x00\x09" + b"\x02\x00\x00\x00\x01"
    start = len(objects)
    index = b"3 0 obj\n<< /Type /XRef /Size 3 /W [1 3 1] /Root 2 0 R /Length 15 >>\nstream\n"
    return objects + index + rows + b"\nendstream\nendobj\nstartxref\n" + str(start).encode() + b"\n%%EOF\n"


def test_pages_are_counted(counter, tmp_path):
    assert counted(counter, tmp_path, pdf_of("ba", pages=3)) == 3


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and no more", b"\xff\xd8\xff a picture", pdf_of("x")[:-200], locked("x")])
def test_what_cannot_be_opened_is_said_so(counter, tmp_path, content):
    assert counted(counter, tmp_path, content) == UNREADABLE
    assert counted(counter, tmp_path, pdf_of("next")) == 1


def test_a_bomb_takes_only_the_process_that_looks(counter, tmp_path):
    assert counted(counter, tmp_path, bomb()) == UNREADABLE
    assert counted(counter, tmp_path, pdf_of("next")) == 1


def test_the_program_that_looks_holds_nothing_of_the_server():
    asked = [_PROGRAM[0], "-X", "importtime", *_PROGRAM[1:]]
    ran = subprocess.run(asked, input="", capture_output=True, text=True, timeout=60, check=True)
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in ran.stderr.splitlines() if "|" in line}
    assert "json" in imported
    assert imported.isdisjoint({"central", "app", "fastapi", "sqlalchemy", "boto3"})


def test_a_process_that_died_or_hangs_is_replaced(counter, tmp_path):
    assert counted(counter, tmp_path, pdf_of("one")) == 1
    os.kill(counter._counting.process.pid, signal.SIGKILL)
    assert counted(counter, tmp_path, pdf_of("two")) == 1
    os.kill(counter._counting.process.pid, signal.SIGSTOP)
    counter.seconds = 0.3
    assert counted(counter, tmp_path, pdf_of("three")) == UNREADABLE
    counter.seconds = 10
    assert counted(counter, tmp_path, pdf_of("three")) == 1


@pytest.mark.parametrize(("content", "found"), [(b"%PDF-1.7 broken", 0), (pdf_of("hai trang", pages=2), 2)])
def test_a_record_whose_files_are_something_else_is_refused(station, assert_problem, content, found):
    station.upload(content)
    problem = assert_problem(station.put(station.manifest(content)), "wrong-content", 422)
    assert [(file["pages"], file["found"]) for file in problem["files"]] == [(1, found)]
    # Under another name and another type it is no more a PDF than before.
    station.upload(content, filetype="image/png")
    assert_problem(station.put(station.manifest(content)), "wrong-content", 422)
    # Nothing is stuck: the same record with the right file is taken.
    station.send(pdf_of("đúng"))


def test_what_was_sent_as_something_else_is_opened_when_a_record_calls_it_a_pdf(station, assert_problem):
    page, right = b"<script>alert(1)</script>", pdf_of("gửi như ảnh")
    for content in (page, right):
        station.upload(content, filetype="image/png")
    problem = assert_problem(station.put(station.manifest(page)), "wrong-content", 422)
    assert [(file["pages"], file["found"]) for file in problem["files"]] == [(1, 0)]
    assert station.put(station.manifest(right)).status_code == 201
