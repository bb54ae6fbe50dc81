"""The parts of the TWAIN backend that need no Windows: fault codes, bitmaps, and drivers with strange capabilities."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from drivers import twain_faults, twain_images, twain_options, twain_session
from drivers.backend import DriverFault, failure
from drivers.client import list_devices
from drivers.contract import ColorMode, FaultCode, ScanRequest, Source
from drivers.twain_options import Choice

FIX32, WORD, SWITCH = 7, 4, 6


def raised(name: str, text: str = "") -> Exception:
    """An exception that bears the name of one of pytwain's."""
    return type(name, (Exception,), {})(text)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (raised("PaperJam"), FaultCode.JAM),
        (raised("PaperDoubleFeedError"), FaultCode.DOUBLE_FEED),
        (raised("UnknownError", "ConditionCode = 24"), FaultCode.COVER_OPEN),
        (raised("UnknownError", "ConditionCode = 29"), FaultCode.FEEDER_EMPTY),
        (raised("UnknownError", "ConditionCode = 32800"), FaultCode.IO_ERROR),
        (raised("UnknownError", "nobody knows"), FaultCode.IO_ERROR),
        (raised("DeniedError"), FaultCode.ACCESS_DENIED),
        (raised("MaxConnectionsError"), FaultCode.DEVICE_BUSY),
        (MemoryError(), FaultCode.NO_MEMORY),
        (raised("DSTransferCancelled"), FaultCode.CANCELLED),
        (raised("SMLoadFileFailed", "twaindsm.dll"), FaultCode.BACKEND_MISSING),
        (RuntimeError("Unexpected result: 9"), FaultCode.IO_ERROR),
        (OSError("exception: access violation writing 0x0"), FaultCode.CRASHED),
    ],
)
def test_what_an_exception_means(error: Exception, code: FaultCode) -> None:
    with pytest.raises(DriverFault) as caught, twain_faults.twain_errors("taking in the page"):
        raise error
    assert caught.value.fault.code is code
    assert caught.value.fault.detail.startswith("taking in the page: ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (raised("CheckDeviceOnlineError"), FaultCode.NO_DEVICE),
        (raised("OperationError"), FaultCode.NO_DEVICE),
        (raised("TwainError"), FaultCode.NO_DEVICE),
        (RuntimeError("Unexpected result: 1"), FaultCode.NO_DEVICE),
        (ValueError("bytes too long (90, maximum length 34)"), FaultCode.NO_DEVICE),
        (raised("MaxConnectionsError"), FaultCode.DEVICE_BUSY),
        (raised("DeniedError"), FaultCode.ACCESS_DENIED),
        (failure(FaultCode.NO_MEMORY), FaultCode.NO_MEMORY),
    ],
)
def test_a_scanner_that_is_off_is_not_there_whatever_the_manager_says(error: Exception, code: FaultCode) -> None:
    with pytest.raises(DriverFault) as caught, twain_faults.opening_errors("a scanner"):
        raise error
    assert caught.value.fault.code is code


@pytest.mark.parametrize(("code", "state"), [(FaultCode.CRASHED, "closed"), (FaultCode.JAM, "ready")])
def test_a_driver_that_crashed_is_not_called_again(code: FaultCode, state: str) -> None:
    def close() -> None:
        raise OSError("a driver may fail here as well")

    opened = SimpleNamespace(_state="ready", close=close)
    with pytest.raises(DriverFault) as caught, twain_session._closing(opened):
        raise failure(code)
    assert (caught.value.fault.code, opened._state) == (code, state)


# --- bitmaps -------------------------------------------------------------------------------------


def header(**changes: int) -> bytes:
    fields = {"size": 40, "width": 9, "height": 5, "planes": 1, "depth": 24, "packing": 0, "bytes": 0, "x": 0, "y": 0}
    values = {**fields, "used": 0, "important": 0, **changes}
    return struct.pack("<IiiHHIIiiII", *values.values())


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        ({}, 40 + 28 * 5),
        ({"height": -5}, 40 + 28 * 5),
        ({"depth": 8}, 40 + 1024 + 12 * 5),
        ({"depth": 8, "used": 16}, 40 + 64 + 12 * 5),
        ({"depth": 1}, 40 + 8 + 4 * 5),
        ({"depth": 4}, 40 + 64 + 8 * 5),
        ({"depth": 16, "packing": 3}, 40 + 12 + 20 * 5),
        ({"depth": 32, "packing": 3, "size": 108}, 108 + 36 * 5),
    ],
)
def test_the_size_of_a_bitmap_comes_from_its_header(changes: dict[str, int], total: int) -> None:
    assert twain_images.read_header(header(**changes)).total == total


@pytest.mark.parametrize(
    "changes", [{"size": 12}, {"size": 4000}, {"width": 0}, {"width": 60_000, "height": 60_000}, {"depth": 7}, {"packing": 4}]
)
def test_a_strange_bitmap_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(DriverFault) as caught:
        twain_images.read_header(header(**changes))
    assert caught.value.fault.code is FaultCode.BAD_PAGE


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_bitmaps_are_read(mode: str) -> None:
    picture = Image.radial_gradient("L").resize((33, 21)).convert(mode)
    memory, file = io.BytesIO(), io.BytesIO()
    picture.save(memory, "DIB")
    picture.save(file, "BMP")
    assert twain_images.read_header(memory.getvalue()).total == len(memory.getvalue())
    for image in (twain_images.open_bitmap(memory.getvalue()), twain_images.open_bitmap_file(file.getvalue())):
        assert image.convert("RGB").tobytes() == picture.convert("RGB").tobytes()


def test_files_that_are_no_whole_bitmap() -> None:
    file = io.BytesIO()
    Image.new("L", (30, 30)).save(file, "BMP")
    for data, code in ((file.getvalue()[:-1], FaultCode.PAGE_LOST), (b"BM", FaultCode.BAD_PAGE), (b"", FaultCode.BAD_PAGE)):
        with pytest.raises(DriverFault) as caught:
            twain_images.open_bitmap_file(data)
        assert caught.value.fault.code is code


# --- capabilities --------------------------------------------------------------------------------


class Stub:
    """A source with the capabilities ``now`` (number: value), their choices as pytwain gives them, and refusals."""

    def __init__(self, now: dict[int, float], choices: dict[int, Any], refused: dict[int, Exception] | None = None) -> None:
        self.now, self.choices, self.refused = now, choices, refused or {}
        self.layout: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
        self.given_back: list[str] = []

    def _unlock(self, handle: int) -> None:
        self.given_back.append(f"unlock {handle}")

    def _free(self, handle: int) -> None:
        self.given_back.append(f"free {handle}")

    def get_capability(self, capability: int) -> Any:
        if capability not in self.now:
            raise raised("CapUnsupported")
        self._unlock(capability)
        self._free(capability)
        return self.choices.get(capability, (FIX32, self.now[capability]))

    def get_capability_current(self, capability: int) -> Any:
        if capability not in self.now:
            raise raised("BadCapability")
        return FIX32, self.now[capability]

    def set_capability(self, capability: int, _kind: int, value: float) -> None:
        if capability in self.refused:
            raise self.refused[capability]
        if capability not in self.now:
            raise raised("CapUnsupported")
        self.now[capability] = value

    def set_image_layout(self, frame: tuple[float, ...]) -> None:
        self.layout = frame

    def get_image_layout(self) -> Any:
        return self.layout, 1, 1, 1


def desk_scanner(**changes: Any) -> Stub:
    """A4 glass and feeder, colour and gray, 100 to 300 dpi."""
    now = {
        0x1002: False,
        0x1012: 1,
        0x1013: False,
        0x0101: 1,
        0x0103: 0,
        0x1118: 100.0,
        0x1119: 100.0,
        0x1111: 8.3,
        0x1112: 11.7,
    }
    return Stub(now, {0x0101: (WORD, [1, 2])}, **changes)


def request(**changes: Any) -> ScanRequest:
    return ScanRequest("a scanner", "Z:\\spool", **{"dpi": 200, "mode": ColorMode.GRAY, **changes})


def code_of(scanner: Stub, /, **changes: Any) -> FaultCode | None:
    try:
        twain_options.apply_request(scanner, request(**changes), {"ICAP_BRIGHTNESS": 0x1101})
    except DriverFault as error:
        return error.fault.code
    return None


def test_a_list_of_fixed_point_numbers_is_read_before_its_memory_is_given_back() -> None:
    numbers = [SimpleNamespace(Whole=50, Frac=0), SimpleNamespace(Whole=-1, Frac=0x8000)]
    source = Stub({0x1118: 50.0}, {0x1118: (FIX32, (0, 0, numbers))})
    with twain_session.memory_held(source):
        source.get_capability(0x1118)
        assert source.given_back == []
    assert source.given_back == ["unlock 4376", "free 4376"]
    assert twain_options.read_choice(source, 0x1118) == Choice((50.0, -0.5))


def test_a_range_is_read_from_its_bits() -> None:
    source = Stub(
        {0x1118: 50.0, 0x1101: 0},
        {0x1118: {"MinValue": 0x8000_0032, "MaxValue": 0x258}, 0x1101: {"MinValue": 1, "MaxValue": 9}},
    )
    assert twain_options.read_choice(source, 0x1118) == Choice(low=50.5, high=600.0)
    assert twain_options.read_choice(source, 0x1101) == Choice(low=1.0, high=9.0)


def test_a_usual_request_is_set() -> None:
    source = desk_scanner()
    assert code_of(source, source=Source.DUPLEX, paper_width_mm=210.0, paper_height_mm=297.0) is None
    assert (source.now[0x1002], source.now[0x1013], source.now[0x1118]) == (1, 1, 200)
    assert source.layout == (0.0, 0.0, pytest.approx(8.2677, abs=1e-3), pytest.approx(11.6929, abs=1e-3))


def test_a_source_that_says_little_is_still_described() -> None:
    found = twain_options.read_capabilities(Stub({}, {}))
    assert (found.sources, found.modes, found.resolutions) == ((Source.FLATBED,), tuple(ColorMode), ())
    assert (found.max_width_mm, found.max_height_mm) == (210.0, 297.0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mode": ColorMode.BITONAL}, None),
        ({"dpi": 5000}, None),
        ({"paper_width_mm": 300.0}, FaultCode.UNSUPPORTED),
        ({"options": {"icap-brightness": "3"}}, FaultCode.UNSUPPORTED),
        ({"options": {"colour": "3"}}, FaultCode.INVALID_REQUEST),
    ],
)
def test_requests(changes: dict[str, Any], code: FaultCode | None) -> None:
    assert code_of(desk_scanner(), **changes) is code


@pytest.mark.parametrize(
    ("refused", "changes", "code"),
    [
        ({0x1118: raised("OperationError")}, {}, FaultCode.UNSUPPORTED),
        ({0x1118: raised("CheckStatus")}, {}, FaultCode.UNSUPPORTED),
        ({0x1118: raised("CheckStatus")}, {"dpi": 100}, None),
        ({0x1002: raised("DeniedError")}, {}, FaultCode.UNSUPPORTED),
        ({0x1002: raised("DeniedError")}, {"source": Source.FLATBED}, None),
        ({0x1013: ValueError()}, {"source": Source.DUPLEX}, FaultCode.UNSUPPORTED),
        ({0x0103: raised("CheckDeviceOnlineError")}, {}, FaultCode.NO_DEVICE),
    ],
)
def test_what_a_driver_refuses(refused: dict[int, Exception], changes: dict[str, Any], code: FaultCode | None) -> None:
    assert code_of(desk_scanner(refused=refused), **changes) is code


def test_a_scanner_that_always_takes_both_sides_is_not_taken_for_a_simple_one() -> None:
    source = desk_scanner(refused={0x1013: raised("CapBadOperation")})
    source.now[0x1013] = True
    assert code_of(source) is FaultCode.UNSUPPORTED
    assert code_of(source, source=Source.DUPLEX) is None


# --- elsewhere than on Windows -------------------------------------------------------------------


def test_elsewhere_twain_is_told_to_be_missing() -> None:
    with pytest.raises(DriverFault) as caught:
        list_devices("twain")
    assert (caught.value.fault.code, caught.value.fault.detail) == (FaultCode.BACKEND_MISSING, "TWAIN is on Windows only")


def test_the_worker_that_is_frozen_needs_neither_qt_nor_numpy() -> None:
    script = "import sys, drivers.twain_worker; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "drivers.twain_backend" in loaded
    assert not {"numpy", "PySide6", "cv2", "twain", "app", "ui"} & set(loaded)
