"""The protocol: every message survives the pipe, nothing else is taken for one."""

from __future__ import annotations

import json
import os
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import contract
from drivers.contract import ContractError, Fault, FaultCode, Message, PageFinished, Scan, ScanRequest, decode, encode

_texts = st.text(st.characters(exclude_categories=["Cs"]))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(str, _texts)
st.register_type_strategy(ScanRequest, st.builds(ScanRequest, options=st.dictionaries(_texts, _texts)))

KINDS = typing.get_args(Message)
messages = st.one_of(*(st.from_type(kind) for kind in KINDS))


@given(messages)
def test_every_message_comes_back_as_it_was(message: Any) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == message


@given(st.one_of(st.binary(max_size=300), st.text().map(str.encode)))
def test_noise_is_refused(line: bytes) -> None:
    with pytest.raises(ContractError):
        decode(line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(messages, st.data())
def test_a_field_of_any_wrong_kind_is_refused_or_read_as_its_own_type(message: Any, data: st.DataObject) -> None:
    body = json.loads(encode(message))
    body[data.draw(st.sampled_from(sorted(body)))] = data.draw(json_values)
    try:
        decoded = decode(json.dumps(body).encode())
    except ContractError:
        return
    assert decode(encode(decoded)) == decoded


@given(messages, st.data())
def test_a_line_cut_off_anywhere_is_refused(message: Any, data: st.DataObject) -> None:
    line = encode(message).rstrip(b"\n")
    with pytest.raises(ContractError):
        decode(line[: data.draw(st.integers(0, len(line) - 1))])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"null",
        b'{"type":"Message"}',
        b'{"type":"Device","backend":"a","name":"b","label":"c"}',
        b'{"type":["Stop"]}',
        b'{"type":"Stop","now":true}',
        b'{"type":"PageStarted"}',
        b'{"type":"PageStarted","sequence":true}',
        b'{"type":"PageStarted","sequence":"1"}',
        b'{"type":"Fault","code":"meltdown"}',
        b'{"type":"DevicesFound","devices":3}',
        b'{"type":"DevicesFound","devices":[null]}',
        b'{"type":"Scan","request":{"device":"a","spool":"b","options":[1]}}',
        b'{"type":"PageStarted","sequence":' + b"[" * 100_000,
        b'{"type":"Scan","request":{"device":"a","spool":"b","paper_width_mm":1' + b"0" * 400 + b"}}",
    ],
)
def test_hostile_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ContractError):
        decode(line)


def test_a_line_too_long_is_refused_unread() -> None:
    with pytest.raises(ContractError, match="bytes"):
        decode(b" " * (contract.MAX_LINE_BYTES + 1))


def test_names_keep_their_letters() -> None:
    request = ScanRequest("/kho/hồ sơ", "/tmp/lô quét", options={"tên": "giá trị"})
    assert decode(encode(Scan(request))) == Scan(request)
    assert "hồ sơ".encode() in encode(Scan(request))


def test_a_file_name_that_is_not_utf8_survives() -> None:
    request = ScanRequest(os.fsdecode(b"/kho/\xff\xfe.pdf"), "/tmp")
    assert decode(encode(Scan(request))) == Scan(request)


def test_defaults_may_be_left_out() -> None:
    assert decode(b'{"type":"Fault","code":"jam"}') == Fault(FaultCode.JAM)
    with pytest.raises(ContractError):
        decode(json.dumps({"type": PageFinished.__name__, "batch": "b"}).encode())
