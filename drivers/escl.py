"""Network scanners by eSCL (AirScan), spoken directly: the device's own JPEG is the page, byte for byte.

Pages are asked for one at a time. On Stop, sides that the device had taken in by then are still delivered, as the clerk
finds those sheets in the output tray; then the job is taken back. Sheets that it takes in after that are counted as
taken in and not delivered.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import itertools
import math
import sys
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from drivers import escl_adjust, escl_find
from drivers.backend import MM_PER_INCH, Desk, DriverFault, Page, failure, pixels_of
from drivers.contract import (
    Capabilities,
    ColorMode,
    Device,
    FaultCode,
    Option,
    OptionsRead,
    OptionType,
    ScanRequest,
    Source,
    Unit,
)
from drivers.escl_find import UUID_PREFIX, Found
from drivers.escl_http import Limits, Link, Pulse, still
from drivers.escl_job import Job
from drivers.escl_pins import Pins, pins_folder
from drivers.escl_xml import UNITS_PER_INCH, Order, Scanner, clean_uuid, parse_capabilities
from drivers.images import encode_page, glance_at, jpeg_is_whole, open_image

PAPER_TOLERANCE_MM = 3.0
# Devices round, and some send their whole glass; what is larger than that is no page.
REACH_TOLERANCE = 1.05
SHORTEST_MM = 5.0
# What comes sooner after it was asked for was waiting in the scanner: as long as it is ahead of us, no page is made small.
AT_ONCE_SECONDS = 0.1
LISTING_LIMITS = Limits(connect=2.0, answer=4.0)


def load() -> EsclBackend:
    """Give the backend."""
    return EsclBackend()


class EsclBackend:
    """The four verbs on network scanners."""

    def devices(self) -> tuple[Device, ...]:
        """Give the scanners at the addresses typed in that answer, and those that announce themselves."""
        addresses = escl_find.typed_addresses()
        # All at once: an address that nobody answers at takes its time.
        with ThreadPoolExecutor(max_workers=len(addresses) + 1) as pool:
            hearing = pool.submit(escl_find.listen)
            answers = list(filter(None, pool.map(_probe, addresses)))
            heard = {found.name: found for found in reversed(hearing.result())}
        known = {name for found in answers for name in (found.name, found.url)}
        devices = [_device(found.url, found) for found in answers]
        devices += [_device(name, found) for name, found in sorted(heard.items()) if not known & {name, found.url}]
        return tuple(devices)

    def capabilities(self, device: str) -> Capabilities:
        """Give what the device can do."""
        with _connected(device, Limits(), None) as (_, scanner):
            return scanner.capabilities()

    def options(self, request: ScanRequest) -> OptionsRead:
        """Give what the device's capabilities let be chosen; source, mode and resolution are the profile's own fields."""
        limits, pins = _options(request)
        with _connected(request.device, limits, pins) as (_, scanner):
            adjusted, refused = escl_adjust.with_values(scanner.adjustments, request.options)
            return OptionsRead((*_fixed(scanner, request), *adjusted, *_limit_options(limits)), tuple(refused))

    def scan(self, request: ScanRequest, desk: Desk) -> Generator[Page, None, None]:
        """Yield pages; options are the device's adjustments, the fields of Limits with ``_seconds``, and ``pins``."""
        limits, pins = _options(request)
        with _connected(request.device, limits, pins, lambda: desk.pause(0)) as (link, scanner):
            job = Job(link, order_for(request, scanner), desk)
            try:
                job.open()
                for number in itertools.count(1):
                    page = _scan_page(job, request, scanner, desk, number)
                    if page is None:
                        return
                    yield page
                    if request.source is Source.FLATBED:
                        return
            finally:
                job.close()


def order_for(request: ScanRequest, scanner: Scanner) -> Order:
    """Give the job for a request. Raises DriverFault(UNSUPPORTED) where the device cannot do it."""
    source = scanner.inputs.get(request.source)
    if source is None:
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {request.source.value}")
    color_mode = source.color_mode(request.mode)
    if color_mode is None:
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no mode {request.mode.value}")
    if request.dpi not in source.resolutions:
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {request.dpi} dpi")
    return Order(
        scanner.version,
        request.source,
        color_mode,
        request.dpi,
        _length(request.paper_width_mm, source.width),
        _length(request.paper_height_mm, source.height),
        source.names_format_twice,
        escl_adjust.elements(scanner.adjustments, request.options),
    )


def _length(millimetres: float, reach: int) -> int:
    if millimetres > reach * MM_PER_INCH / UNITS_PER_INCH + PAPER_TOLERANCE_MM:
        raise failure(FaultCode.UNSUPPORTED, f"the paper is {millimetres:g} mm long or wide, the scanner's reach is shorter")
    return min(reach, pixels_of(millimetres, UNITS_PER_INCH))


def _scan_page(job: Job, request: ScanRequest, scanner: Scanner, desk: Desk, number: int) -> Page | None:
    asked = time.monotonic()
    drawn = job.next_page(number - 1)
    if drawn is None:
        return None
    desk.page_started()
    exchange, head = drawn
    lines = pixels_of(request.paper_height_mm, request.dpi)
    with exchange:
        data = b"".join(job.page(exchange, head, lines))
    mode = _check_page(data, request, scanner)
    suffix = "jpg"
    if mode is not request.mode and request.mode is not ColorMode.COLOR:
        data, suffix = _made(data, request)
        mode = request.mode
    side = "back" if request.source is Source.DUPLEX and number % 2 == 0 else "front"
    at_once = number > 1 and suffix == "jpg" and time.monotonic() - asked < AT_ONCE_SECONDS
    look = glance_at(data) if at_once else None
    return Page((data,), suffix, request.dpi, mode, request.source, side, waiting=job.waiting, look=look)


def _made(data: bytes, request: ScanRequest) -> tuple[bytes, str]:
    """Make the asked mode of what the device can send. Raises DriverFault(BAD_PAGE)."""
    if not jpeg_is_whole(data):
        raise failure(FaultCode.BAD_PAGE, "the JPEG file is cut off")
    with open_image(io.BytesIO(data)) as image:
        try:
            return encode_page(image, request.mode, request.dpi)
        except (OSError, ValueError, SyntaxError) as error:
            raise failure(FaultCode.BAD_PAGE, f"the page is broken: {error}") from error


def _check_page(data: bytes, request: ScanRequest, scanner: Scanner) -> ColorMode:
    """Give what the pixels are. Raises DriverFault(BAD_PAGE) for what is no JPEG of a sane size.

    That it is whole is proved after that.
    """
    if not data.startswith(b"\xff\xd8\xff"):
        raise failure(FaultCode.BAD_PAGE, "the page is no JPEG file" if data else "the page is empty")
    source = scanner.inputs[request.source]
    with open_image(io.BytesIO(data)) as image:
        for pixels, reach in zip(image.size, (source.width, source.height), strict=True):
            longest = math.ceil(reach * request.dpi / UNITS_PER_INCH * REACH_TOLERANCE)
            if not pixels_of(min(SHORTEST_MM, reach * MM_PER_INCH / UNITS_PER_INCH), request.dpi) <= pixels <= longest:
                raise failure(FaultCode.BAD_PAGE, f"a page of {image.width} x {image.height} pixels cannot be")
        return ColorMode.GRAY if image.mode == "L" else ColorMode.COLOR


@contextlib.contextmanager
def _connected(device: str, limits: Limits, pins: str | None, pulse: Pulse = still) -> Iterator[tuple[Link, Scanner]]:
    """Find the device, check its certificate and read its capabilities; close everything at the end."""
    found, link = _reach(device, limits, pins)
    try:
        answer = link.ask("GET", f"{link.url}/ScannerCapabilities", pulse=pulse)
        if answer.status != 200:
            code = {401: FaultCode.ACCESS_DENIED, 403: FaultCode.ACCESS_DENIED, 503: FaultCode.DEVICE_BUSY}
            raise failure(code.get(answer.status, FaultCode.NO_DEVICE), f"ScannerCapabilities: HTTP {answer.status}")
        scanner = parse_capabilities(answer.body)
        if found.uuid and scanner.uuid not in ("", found.uuid):
            raise failure(FaultCode.NO_DEVICE, f"another scanner answers at {link.url}")
        yield link, scanner
    finally:
        link.close()


def _reach(device: str, limits: Limits, pins: str | None) -> tuple[Found, Link]:
    found = _resolve(device, pins)
    parts = urlsplit(found.url)
    if parts.scheme == "http":
        return found, Link(found.url, limits)
    # By UUID the scanner keeps its entry when it gets another address.
    name = found.name if found.uuid else parts.netloc
    pinned = Pins(pins_folder(pins)).check(name, parts.hostname or "", parts.port or 443, limits.connect)
    return found, Link(found.url, limits, fingerprint=pinned)


def _resolve(device: str, pins: str | None) -> Found:
    if not device.startswith(UUID_PREFIX):
        return Found(escl_find.root_url(device))
    uuid = clean_uuid(device.removeprefix(UUID_PREFIX))
    heard = escl_find.find(uuid) if uuid else ()
    secure = [found for found in heard if found.url.startswith("https")]
    plain = [found for found in heard if found not in secure]
    with contextlib.suppress(DriverFault):
        folder = pins_folder(pins)
        if not secure and Pins(folder).known(device):
            # Whoever can make the secure service vanish must not get the pages in the clear.
            plain = []
        plain = [*secure, *plain]
    if not plain:
        raise failure(FaultCode.NO_DEVICE, f"{device} was not heard in the network")
    return plain[0]


def _options(request: ScanRequest) -> tuple[Limits, str | None]:
    names = {f"{field.name}_seconds": field.name for field in dataclasses.fields(Limits)}
    unknown = set(request.options) - {*names, "pins", *escl_adjust.NAMES}
    if unknown:
        raise failure(FaultCode.INVALID_REQUEST, f"unknown options: {', '.join(sorted(unknown))}")
    changed = {names[name]: _seconds(name, text) for name, text in request.options.items() if name in names}
    return dataclasses.replace(Limits(), **changed), request.options.get("pins")


def _fixed(scanner: Scanner, request: ScanRequest) -> list[Option]:
    """Give what a profile sets by its own fields, to be seen only."""
    can = scanner.capabilities()
    chosen = scanner.inputs.get(request.source)
    width, height = (chosen.width, chosen.height) if chosen else (0, 0)
    sizes = [f"{units * MM_PER_INCH / UNITS_PER_INCH:.0f}" for units in (width, height)]
    rows: list[tuple[str, str, tuple[str, ...], str, Unit]] = [
        ("source", "Source", tuple(source.value for source in can.sources), request.source.value, Unit.NONE),
        ("mode", "Mode", tuple(mode.value for mode in can.modes), request.mode.value, Unit.NONE),
        ("resolution", "Resolution", tuple(map(str, can.resolutions)), str(request.dpi), Unit.DPI),
        ("width", "Largest width", (), sizes[0], Unit.MM),
        ("height", "Largest height", (), sizes[1], Unit.MM),
    ]
    return [
        Option(name, OptionType.STRING, title, choices=choices, value=value, unit=unit, settable=False)
        for name, title, choices, value, unit in rows
    ]


def _limit_options(limits: Limits) -> list[Option]:
    """Give how long the workstation waits for this device, which is ours and not the device's."""
    return [
        Option(
            f"{field.name}_seconds",
            OptionType.FIXED,
            f"Seconds to wait: {field.name}",
            low=0.1,
            high=3600.0,
            value=f"{getattr(limits, field.name):g}",
            advanced=True,
        )
        for field in dataclasses.fields(limits)
    ]


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < 86_400:
        raise failure(FaultCode.INVALID_REQUEST, f"{name}: {text!r} is not a time in seconds")
    return seconds


def _device(name: str, found: Found) -> Device:
    host = urlsplit(found.url).hostname or ""
    identity = found.identity or found.name
    return Device("escl", name, found.label or name, model=found.label, identity=identity, host=host)


def _probe(address: str) -> Found | None:
    """Ask at an address typed in; a scanner that does not answer is left out, with the reason in the log."""
    try:
        with _connected(address, LISTING_LIMITS, None) as (link, scanner):
            return Found(link.url, scanner.uuid, scanner.label, scanner.identity)
    except DriverFault as error:
        print(f"{address}: {error}", file=sys.stderr)  # noqa: T201 - stderr is the worker's log
        return None
