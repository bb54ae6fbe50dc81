"""What an eSCL scanner says of itself, read from XML that nobody vouches for, and the order for a job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from drivers.backend import MM_PER_INCH, failure
from drivers.contract import Capabilities, ColorMode, FaultCode, Option, Source
from drivers.escl_adjust import read_adjustments

UNITS_PER_INCH = 300
RESOLUTIONS = (75, 100, 150, 200, 240, 300, 400, 600, 1200)
JPEG = "image/jpeg"
MAX_NUMBER = 1_000_000
# Real ones have ten. What is read of each element takes as many looks as there are elements around it.
MAX_DEPTH = 32
MAX_TEXT = 200
# No scanner holds more sides of one job; a larger count would have the clerk put back paper that never was.
MAX_SIDES = 10_000

COLOR, GRAY = "RGB24", "Grayscale8"
_INPUTS = {
    "PlatenInputCaps": Source.FLATBED,
    "AdfSimplexInputCaps": Source.FEEDER,
    "AdfDuplexInputCaps": Source.DUPLEX,
}
# What is asked of the device for each mode, best first; what it does not offer is made of what it does.
COLOR_MODES = {ColorMode.COLOR: (COLOR,), ColorMode.GRAY: (GRAY, COLOR), ColorMode.BITONAL: (GRAY, COLOR)}


@dataclass(frozen=True)
class Resolutions:
    """The resolutions of one source: single ones, or a range with a step (both may be given)."""

    single: frozenset[int] = frozenset()
    lowest: int = 0
    highest: int = 0
    step: int = 1

    def __contains__(self, dpi: int) -> bool:
        in_range = self.lowest <= dpi <= self.highest and (dpi - self.lowest) % self.step == 0
        return dpi in self.single or in_range


@dataclass(frozen=True)
class Input:
    """One source. Lengths in 1/300 inch; ``modes`` are eSCL's names; ``jpeg`` whether it can send JPEG at all."""

    width: int
    height: int
    modes: frozenset[str]
    resolutions: Resolutions
    jpeg: bool
    names_format_twice: bool

    def color_mode(self, mode: ColorMode) -> str | None:
        """Give eSCL's name for what to ask where ``mode`` is wanted; None where it cannot be had."""
        return next((name for name in COLOR_MODES[mode] if name in self.modes), None)


@dataclass(frozen=True)
class Scanner:
    """A device's ScannerCapabilities."""

    version: str = "2.0"
    label: str = ""
    uuid: str = ""
    inputs: dict[Source, Input] = field(default_factory=dict)
    serial: str = ""
    adjustments: tuple[Option, ...] = ()

    @property
    def identity(self) -> str:
        """What stays the same of the device wherever it answers; empty where it does not say."""
        if self.uuid:
            return f"uuid:{self.uuid}"
        return f"{self.label} no. {self.serial}" if self.serial else ""

    def capabilities(self) -> Capabilities:
        """Give them in the house's words: the resolutions that every source has, the reach of the longest one."""
        inputs = list(self.inputs.values())
        every = sorted({*RESOLUTIONS, *(dpi for one in inputs for dpi in one.resolutions.single)})
        common = [dpi for dpi in every if all(dpi in one.resolutions for one in inputs)]
        offered = common or [dpi for dpi in every if any(dpi in one.resolutions for one in inputs)]
        return Capabilities(
            tuple(source for source in Source if source in self.inputs),
            tuple(mode for mode in ColorMode if any(one.color_mode(mode) for one in inputs)),
            tuple(offered),
            max(one.width for one in inputs) * MM_PER_INCH / UNITS_PER_INCH,
            max(one.height for one in inputs) * MM_PER_INCH / UNITS_PER_INCH,
        )


@dataclass(frozen=True)
class JobState:
    """A job in ScannerStatus; counts are None where the device does not give them."""

    path: str
    state: str
    completed: int | None
    waiting: int | None


@dataclass(frozen=True)
class Status:
    """A device's ScannerStatus."""

    state: str = ""
    adf: str = ""
    jobs: tuple[JobState, ...] = ()

    def job(self, path: str) -> JobState | None:
        """Give the job at this path of the device, where the device tells of it."""
        # Devices name a job by its path, by a whole address, or by its last part alone.
        name = path.rstrip("/").rpartition("/")[2]
        return next((job for job in self.jobs if job.path.rstrip("/").rpartition("/")[2] == name), None)


@dataclass(frozen=True)
class Order:
    """A job to ask for. Lengths in 1/300 inch."""

    version: str
    source: Source
    color_mode: str
    dpi: int
    width: int
    height: int
    names_format_twice: bool = False
    extras: tuple[tuple[str, str], ...] = ()


def parse_capabilities(data: bytes) -> Scanner:
    """Read ScannerCapabilities. Raises DriverFault: IO_ERROR for what is none, UNSUPPORTED without a usable source."""
    root = _root(data, "ScannerCapabilities")
    profiles = list(_all(root, "SettingProfile"))
    inputs = {}
    for name, source in _INPUTS.items():
        caps = next(_all(root, name), None)
        if caps is not None:
            inputs[source] = _input(caps, profiles)
    usable = {source: one for source, one in inputs.items() if one.jpeg and one.width and one.height and one.modes}
    if not usable:
        raise failure(FaultCode.UNSUPPORTED, "the scanner offers no source that sends JPEG pages")
    return Scanner(
        _version(root),
        clean(_text(root, "MakeAndModel")),
        clean_uuid(_text(root, "UUID")),
        usable,
        clean(_text(root, "SerialNumber")),
        read_adjustments(root),
    )


def parse_status(data: bytes) -> Status:
    """Read ScannerStatus. Raises DriverFault(IO_ERROR) for what is none."""
    root = _root(data, "ScannerStatus")
    jobs = tuple(
        JobState(_text(job, "JobUri"), _text(job, "JobState"), _sides(job, "ImagesCompleted"), _sides(job, "ImagesToTransfer"))
        for job in _all(root, "JobInfo")
    )
    return Status(_text(root, "State"), _text(root, "AdfState"), jobs)


def clean(text: str) -> str:
    """Give a device's own words for itself as one short printable line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MAX_TEXT]


def clean_uuid(text: str) -> str:
    """Give a UUID in small letters; empty for what is none."""
    bare = text.strip().casefold().removeprefix("urn:uuid:")
    return bare if re.fullmatch(r"[0-9a-f-]{8,64}", bare) else ""


def scan_settings(order: Order) -> bytes:
    """Give the XML that orders a job of JPEG pages."""
    feeder = order.source is not Source.FLATBED
    duplex = f"<scan:Duplex>{str(order.source is Source.DUPLEX).lower()}</scan:Duplex>" if feeder else ""
    # Newer devices read one name of the format, older ones the other.
    twice = f"<scan:DocumentFormatExt>{JPEG}</scan:DocumentFormatExt>" if order.names_format_twice else ""
    extras = "".join(f"<scan:{name}>{value}</scan:{name}>" for name, value in order.extras)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"'
        ' xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">'
        f"<pwg:Version>{order.version}</pwg:Version><scan:Intent>Document</scan:Intent>"
        "<pwg:ScanRegions><pwg:ScanRegion><pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>"
        "<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>"
        f"<pwg:Width>{order.width}</pwg:Width><pwg:Height>{order.height}</pwg:Height></pwg:ScanRegion></pwg:ScanRegions>"
        f"<pwg:DocumentFormat>{JPEG}</pwg:DocumentFormat>{twice}"
        f"<pwg:InputSource>{'Feeder' if feeder else 'Platen'}</pwg:InputSource>"
        f"<scan:XResolution>{order.dpi}</scan:XResolution><scan:YResolution>{order.dpi}</scan:YResolution>"
        f"<scan:ColorMode>{order.color_mode}</scan:ColorMode>{duplex}{extras}</scan:ScanSettings>"
    ).encode()


def _root(data: bytes, name: str) -> Any:
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise failure(FaultCode.IO_ERROR, f"the scanner's {name} is no readable XML: {type(error).__name__}") from error
    if _is_deep(root):
        raise failure(FaultCode.IO_ERROR, f"the scanner's {name} is nested too deeply")
    if _name(root) != name:
        raise failure(FaultCode.IO_ERROR, f"the scanner answered {clean(_name(root))} instead of {name}")
    return root


def _is_deep(root: Any) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
    return bool(level)


def _input(caps: Any, profiles: list[Any]) -> Input:
    # Some devices write the profiles once for all sources.
    own = list(_all(caps, "SettingProfile")) or profiles
    formats = [_formats(profile) for profile in own]
    # A profile without a format takes whatever the others take.
    usable = [profile for profile, named in zip(own, formats, strict=True) if not named or JPEG in named]
    extended = any(_text(element, "DocumentFormatExt", whole=True) for element in own)
    modes = frozenset(text for profile in usable for text in _texts(profile, "ColorMode"))
    return Input(
        _count(caps, "MaxWidth") or 0,
        _count(caps, "MaxHeight") or 0,
        modes & {COLOR, GRAY},
        _resolutions(usable),
        jpeg=bool(usable),
        names_format_twice=extended,
    )


def _formats(profile: Any) -> set[str]:
    return {text.casefold() for name in ("DocumentFormat", "DocumentFormatExt") for text in _texts(profile, name)}


def _resolutions(profiles: list[Any]) -> Resolutions:
    single, ranges = set(), []
    for profile in profiles:
        single |= {dpi for one in _all(profile, "DiscreteResolution") if (dpi := _count(one, "XResolution") or 0)}
        ranges += [(one, _count(one, "Min") or 0, _count(one, "Max") or 0) for one in _all(profile, "XResolutionRange")]
    best = max(ranges, key=lambda one: one[2] - one[1], default=None)
    if best is None:
        return Resolutions(frozenset(single))
    return Resolutions(frozenset(single), max(1, best[1]), best[2], max(1, _count(best[0], "Step") or 1))


def _version(root: Any) -> str:
    text = _text(root, "Version")
    return text if re.fullmatch(r"\d{1,2}\.\d{1,3}", text) else "2.0"


def _name(element: Any) -> str:
    # Prefixes and their addresses differ from device to device; the local names do not.
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, name: str) -> Iterator[Any]:
    return (found for found in element.iter() if _name(found) == name)


def _texts(element: Any, name: str) -> list[str]:
    return [(found.text or "").strip()[:MAX_TEXT] for found in _all(element, name)]


def _text(element: Any, name: str, *, whole: bool = False) -> str:
    return next((text for text in _texts(element, name) if text or not whole), "")


def _count(element: Any, name: str) -> int | None:
    text = _text(element, name)
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) and int(text) <= MAX_NUMBER else None


def _sides(element: Any, name: str) -> int | None:
    count = _count(element, name)
    return count if count is not None and count <= MAX_SIDES else None
