"""What a workstation and a scanner worker say to each other: one JSON object a line, standard library only.

The worker's four verbs are devices, capabilities, options and scan. Pixels never cross the pipe: a page is written to
the spool folder as ``NAME.part``, synced, renamed, and only then announced by ``PageFinished``. The worker asks
the scanner for the next page only after ``NextPage``, which the workstation sends once the page is committed.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field

PROTOCOL = 1
MAX_LINE_BYTES = 1 << 20


class ContractError(ValueError):
    """A line that is not a message of this protocol."""


class Source(enum.StrEnum):
    """Where the scanner takes the sheet from."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"


class ColorMode(enum.StrEnum):
    """What a pixel holds."""

    COLOR = "color"
    GRAY = "gray"
    BITONAL = "bitonal"


class FaultCode(enum.StrEnum):
    """Why a scan did not go on; each has its own message and remedy in the workstation."""

    NO_DEVICE = "no_device"
    DEVICE_BUSY = "device_busy"
    ACCESS_DENIED = "access_denied"
    CERTIFICATE_CHANGED = "certificate_changed"
    FEEDER_EMPTY = "feeder_empty"
    JAM = "jam"
    COVER_OPEN = "cover_open"
    DOUBLE_FEED = "double_feed"
    MISPICK = "mispick"
    PAGE_LOST = "page_lost"
    BAD_PAGE = "bad_page"
    UNSUPPORTED = "unsupported"
    INVALID_REQUEST = "invalid_request"
    IO_ERROR = "io_error"
    NO_MEMORY = "no_memory"
    SPOOL_FULL = "spool_full"
    CANCELLED = "cancelled"
    BACKEND_MISSING = "backend_missing"
    STALLED = "stalled"
    CRASHED = "crashed"


class OptionType(enum.StrEnum):
    """What a device's option holds; a button is pressed and holds nothing."""

    BOOL = "bool"
    INT = "int"
    FIXED = "fixed"
    STRING = "string"
    BUTTON = "button"


class Unit(enum.StrEnum):
    """What an option's number counts."""

    NONE = "none"
    PIXEL = "pixel"
    BIT = "bit"
    MM = "mm"
    DPI = "dpi"
    PERCENT = "percent"
    MICROSECOND = "microsecond"


@dataclass(frozen=True)
class Device:
    """A scanner that can be opened; ``name`` is the backend's own address now, ``label`` is for people.

    ``identity`` stays the same when the address changes (drivers.identity); ``host`` is a network scanner's address.
    """

    backend: str
    name: str
    label: str
    vendor: str = ""
    model: str = ""
    identity: str = ""
    host: str = ""


@dataclass(frozen=True)
class Capabilities:
    """What a device can do. Resolutions in dots per inch, sizes in millimetres."""

    sources: tuple[Source, ...]
    modes: tuple[ColorMode, ...]
    resolutions: tuple[int, ...]
    max_width_mm: float
    max_height_mm: float


@dataclass(frozen=True)
class Option:
    """One option of a device as it is now; ``value`` and ``choices`` are text that the device takes back.

    ``low`` to ``high`` in steps of ``step`` (0: any) is the range of a number, None where there is none. ``count`` numbers
    are given together with spaces between where it is more than 1, as many as wanted with commas where it is 0; choices
    and range are then those of each. ``active`` is false while other options rule it out; ``settable`` is false for what a
    program cannot set (an array that SANE does not give, a sensor).
    """

    name: str
    type: OptionType
    title: str = ""
    description: str = ""
    group: str = ""
    unit: Unit = Unit.NONE
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float = 0.0
    value: str = ""
    active: bool = True
    settable: bool = True
    advanced: bool = False
    count: int = 1

    @property
    def usable(self) -> bool:
        """Whether a value can be given to it now."""
        return self.active and self.settable and self.type is not OptionType.BUTTON


@dataclass(frozen=True)
class Refusal:
    """An option of a request that the device did not take, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class ScanRequest:
    """One batch. ``spool`` is an existing folder; paper size in millimetres; ``options`` are the backend's own."""

    device: str
    spool: str
    source: Source = Source.FEEDER
    mode: ColorMode = ColorMode.COLOR
    dpi: int = 300
    paper_width_mm: float = 210.0
    paper_height_mm: float = 297.0
    max_pages: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


# --- what the workstation says -------------------------------------------------------------------


@dataclass(frozen=True)
class ListDevices:
    """Answer with ``DevicesFound``."""


@dataclass(frozen=True)
class ReadCapabilities:
    """Answer with ``CapabilitiesRead``."""

    device: str


@dataclass(frozen=True)
class ReadOptions:
    """Answer with ``OptionsRead``: prepare the device as for this request (its spool is not used) and list its options."""

    request: ScanRequest


@dataclass(frozen=True)
class Scan:
    """Scan a batch; the first page is asked for at once, each further one after ``NextPage``."""

    request: ScanRequest


@dataclass(frozen=True)
class NextPage:
    """The page announced last is safe: go on."""


@dataclass(frozen=True)
class Stop:
    """End the batch after the page that is being scanned, and what a scanner that runs ahead has taken in by then."""


@dataclass(frozen=True)
class Abort:
    """End the batch now; the page that is being scanned is dropped."""


# --- what the worker says ------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The worker is up and its backend is loaded."""

    backend: str
    protocol: int = PROTOCOL
    pid: int = 0


@dataclass(frozen=True)
class DevicesFound:
    """The scanners that can be seen now."""

    devices: tuple[Device, ...]


@dataclass(frozen=True)
class DevicesChanged:
    """The scanners may be others than before, or the watch has just begun: it is worth listing them anew."""


@dataclass(frozen=True)
class CapabilitiesRead:
    """What the asked device can do."""

    capabilities: Capabilities


@dataclass(frozen=True)
class OptionsRead:
    """All options of a device as they are once the request is applied, and what of the request it refused."""

    options: tuple[Option, ...]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class PageStarted:
    """The scanner has begun with sheet side ``sequence`` (from 1)."""

    sequence: int


@dataclass(frozen=True)
class Progress:
    """Lines read of the page; ``total`` is -1 where the device does not say. It also resets the deadline."""

    sequence: int
    done: int
    total: int


@dataclass(frozen=True)
class PageFinished:
    """A whole page lies in the spool folder.

    ``file`` and ``thumbnail`` are names inside the spool folder; sizes in pixels; ``side`` is "front" or "back";
    ``serial`` is the device's own name for provenance. ``batch`` is the same for all pages of one scan and
    ``batch`` + ``sequence`` never repeat, so that a page taken in twice is recognised. ``thumbnail`` is empty where a page
    came so fast after another that making it small would have held up the next.
    """

    batch: str
    sequence: int
    file: str
    sha256: str
    size: int
    width: int
    height: int
    dpi: int
    mode: ColorMode
    source: Source
    side: str = "front"
    device: str = ""
    thumbnail: str = ""


@dataclass(frozen=True)
class Fault:
    """The batch ended early. ``fed`` sheets sides left the tray, ``delivered`` are whole in the spool."""

    code: FaultCode
    detail: str = ""
    sequence: int = 0
    fed: int = 0
    delivered: int = 0


@dataclass(frozen=True)
class Ending:
    """The batch will end with ``fault``, or as it should (None).

    It is said before the driver puts the scanner to rest, at which it may hang or crash.
    """

    fault: Fault | None


@dataclass(frozen=True)
class Finished:
    """The batch ended as it should; ``pages`` were delivered.

    ``undelivered`` sides were taken in by a scanner that runs ahead, after it was told to stop: the clerk scans them again.
    """

    pages: int
    undelivered: int = 0


Command = ListDevices | ReadCapabilities | ReadOptions | Scan | NextPage | Stop | Abort
Event = (
    Ready
    | DevicesFound
    | DevicesChanged
    | CapabilitiesRead
    | OptionsRead
    | PageStarted
    | Progress
    | PageFinished
    | Fault
    | Ending
    | Finished
)
Message = Command | Event

_TYPES: dict[str, type[Message]] = {kind.__name__: kind for kind in typing.get_args(Message)}


def encode(message: Message) -> bytes:
    """Give the message as one line of JSON, newline included."""
    body = {"type": type(message).__name__, **dataclasses.asdict(message)}
    # Lone surrogates are how Python spells a file name that is not UTF-8; json.loads reads them back.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def decode(line: bytes) -> Message:
    """Read one line. Raises ContractError for anything that is not a whole message of this protocol."""
    if len(line) > MAX_LINE_BYTES:
        raise ContractError(f"a line of {len(line)} bytes")
    try:
        body = json.loads(line)
        kind = _TYPES[body.pop("type")]
        return typing.cast(Message, _build(kind, body))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ContractError(f"not a message: {line[:80]!r}") from error


def _build(kind: typing.Any, body: typing.Any) -> typing.Any:
    hints = typing.get_type_hints(kind)
    unknown = set(body) - set(hints)
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    return kind(**{name: _value(hints[name], value) for name, value in body.items()})


def _value(hint: typing.Any, value: typing.Any) -> typing.Any:
    origin = typing.get_origin(hint)
    if origin is tuple:
        return tuple(_value(typing.get_args(hint)[0], item) for item in value)
    if origin is types.UnionType:
        return None if value is None else _value(typing.get_args(hint)[0], value)
    if origin is not None:
        return {str(key): str(item) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return _build(hint, value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if issubclass(hint, enum.StrEnum):
        return hint(value)
    if type(value) is not hint:
        raise TypeError(f"{value!r} is not {hint.__name__}")
    return value
