"""Options of a SANE device: found under their many names, set in the order that works, read back, never believed."""

from __future__ import annotations

from typing import Any

from drivers.backend import MM_PER_INCH, failure, pixels_of
from drivers.contract import Capabilities, ColorMode, FaultCode, ScanRequest, Source

# SANE's own numbers for the type and the unit of an option's value.
_BOOL, _INT, _FIXED, _STRING = range(4)
_UNIT_PIXEL = 1
_WORD_BYTES = 4

PAPER_TOLERANCE_MM = 3.0
RESOLUTIONS = (75, 100, 150, 200, 240, 300, 400, 600, 1200)
# For devices that do not say how large their paper is.
A4_MM = (210.0, 297.0)

# Parts of the names that backends give, in small letters; the first row that matches counts.
_SOURCE_WORDS = (
    (None, ("back", "transparen", "negative", "slide", "film", "card", "rückseite", "verso")),
    (Source.DUPLEX, ("duplex", "both sides", "double-sided", "double sided", "beidseitig", "recto-verso")),
    (Source.FEEDER, ("adf", "feeder", "einzug", "chargeur", "alimentador", "front", "sheetfed")),
    (Source.FLATBED, ("flatbed", "platen", "normal", "flachbett", "plateau", "à plat", "cama plana", "glass")),
)
_MODE_WORDS = (
    (None, ("halftone", "diffusion", "infrared", "color lineart")),
    (
        ColorMode.BITONAL,
        ("lineart", "line art", "black & white", "black and white", "binary", "bitonal", "monochrome", "1-bit"),
    ),
    (ColorMode.COLOR, ("color", "colour", "rgb", "farbe", "couleur")),
    (ColorMode.GRAY, ("gray", "grey", "grau", "gris")),
)


def source_of(name: str) -> Source | None:
    """Give the source that a device calls ``name``; None for one that takes no sheets of paper."""
    return next((source for source, words in _SOURCE_WORDS if any(word in name.casefold() for word in words)), None)


def mode_of(name: str) -> ColorMode | None:
    """Give the mode that a device calls ``name``; None for one this program has no use for."""
    return next((mode for mode, words in _MODE_WORDS if any(word in name.casefold() for word in words)), None)


def read_capabilities(device: Any) -> Capabilities:
    """Give what an open device can do."""
    sources = dict.fromkeys(filter(None, map(source_of, _choices(device, "source"))))
    if _has_separate_duplex(device) and Source.FEEDER in sources:
        sources[Source.DUPLEX] = None
    modes = {mode for mode in map(mode_of, _choices(device, "mode")) if mode} or {ColorMode.COLOR}
    if modes & {ColorMode.COLOR, ColorMode.GRAY}:
        # What a device does not offer is made of what it does.
        modes |= {ColorMode.GRAY, ColorMode.BITONAL}
    width, height = (_reach_mm(device, edge, usual) for edge, usual in zip(("br_x", "br_y"), A4_MM, strict=True))
    return Capabilities(
        tuple(sources) or (Source.FLATBED,),
        tuple(mode for mode in ColorMode if mode in modes),
        _resolutions(device),
        width,
        height,
    )


def apply_request(device: Any, request: ScanRequest) -> None:
    """Set source, mode, depth, resolution, paper and the request's own options, in this order: each changes the next.

    Raises DriverFault: UNSUPPORTED when the device does not take a value as asked, INVALID_REQUEST for an unknown option.
    """
    _set_source(device, request.source)
    _set_mode(device, request.mode)
    if _is_usable(device, "depth") and 8 in _choices(device, "depth"):
        set_option(device, "depth", 8)
    if _is_usable(device, "resolution"):
        set_option(device, "resolution", request.dpi)
    _set_paper(device, request)
    for name, text in request.options.items():
        set_named_option(device, name, text)


def set_named_option(device: Any, name: str, text: str) -> None:
    """Set any option by the device's own name for it, from text. Raises DriverFault."""
    key = name.replace("-", "_")
    if key not in device.opt:
        # python-sane would make it an attribute of the Python object and say nothing.
        raise failure(FaultCode.INVALID_REQUEST, f"the scanner has no option {name!r}")
    option = device.opt[key]
    if not _is_usable(device, key):
        raise failure(FaultCode.INVALID_REQUEST, f"the option {name!r} cannot be set now")
    try:
        set_option(device, key, _converted(option.type, text))
    except ValueError as error:
        raise failure(FaultCode.INVALID_REQUEST, f"option {name!r}: {error}") from error


def set_option(device: Any, key: str, value: str | float) -> None:
    """Set one option and read it back, since devices clip silently. Raises DriverFault(UNSUPPORTED) if it differs."""
    option = device.opt[key]
    if option.type == _STRING:
        # python-sane takes latin-1 only; this way any file name's bytes pass through it unchanged.
        value = str(value).encode().decode("latin-1")
    elif option.type == _FIXED:
        value = float(value)
    else:
        value = int(value)
    setattr(device, key, value)
    _check_taken(key, value, getattr(device, key), step=_step(option.constraint))


def _check_taken(key: str, asked: str | float, taken: str | float, step: float) -> None:
    same = (
        taken == asked
        if isinstance(asked, str) or isinstance(taken, str)
        else abs(taken - asked) <= max(step, 0.01 * abs(asked))
    )
    if not same:
        raise failure(FaultCode.UNSUPPORTED, f"{key.replace('_', '-')}: asked for {asked}, the scanner takes {taken}")


def _converted(kind: int, text: str) -> str | float:
    if kind == _STRING:
        return text
    if kind == _BOOL:
        switches = {"1": 1, "true": 1, "yes": 1, "on": 1, "0": 0, "false": 0, "no": 0, "off": 0}
        if text.casefold() not in switches:
            raise ValueError(f"{text!r} is neither yes nor no")
        return switches[text.casefold()]
    return float(text) if kind == _FIXED else int(text)


def _is_usable(device: Any, key: str) -> bool:
    option = device.opt.get(key)
    if option is None or option.type > _STRING or not option.is_active() or not option.is_settable():
        return False
    # python-sane sets the first element of an array and leaves the others to chance.
    return bool(option.type == _STRING or option.size <= _WORD_BYTES)


def _choices(device: Any, key: str) -> list[Any]:
    option = device.opt.get(key)
    return list(option.constraint) if option is not None and isinstance(option.constraint, list) else []


def _step(constraint: Any) -> float:
    return float(constraint[2]) if isinstance(constraint, tuple) else 0.0


def _has_separate_duplex(device: Any) -> bool:
    return "Duplex" in _choices(device, "adf_mode")


def _set_source(device: Any, source: Source) -> None:
    names = {source_of(name): name for name in reversed(_choices(device, "source"))}
    if source in names:
        set_option(device, "source", names[source])
    elif source is Source.DUPLEX and Source.FEEDER in names and _has_separate_duplex(device):
        set_option(device, "source", names[Source.FEEDER])
        set_option(device, "adf_mode", "Duplex")
    elif names or source is not Source.FLATBED:
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {source.value}")


def _set_mode(device: Any, mode: ColorMode) -> None:
    names = {mode_of(name): name for name in reversed(_choices(device, "mode"))}
    if not names:
        return
    substitutes = {
        ColorMode.COLOR: (),
        ColorMode.GRAY: (ColorMode.COLOR,),
        ColorMode.BITONAL: (ColorMode.GRAY, ColorMode.COLOR),
    }
    for candidate in (mode, *substitutes[mode]):
        if candidate in names:
            set_option(device, "mode", names[candidate])
            return
    raise failure(FaultCode.UNSUPPORTED, f"the scanner has no mode {mode.value}")


def _set_paper(device: Any, request: ScanRequest) -> None:
    """Put the asked paper at the origin; the feeder's own paper size first, as it limits the area."""
    for across, down in (("page_width", "page_height"), ("br_x", "br_y")):
        for key, length in ((across, request.paper_width_mm), (down, request.paper_height_mm)):
            if _is_usable(device, key):
                _set_length(device, key, length, request.dpi)
        for key in ("tl_x", "tl_y") if across == "page_width" else ():
            if _is_usable(device, key):
                setattr(device, key, _lowest(device.opt[key].constraint))


def _set_length(device: Any, key: str, length_mm: float, dpi: int) -> None:
    option = device.opt[key]
    in_pixels = option.unit == _UNIT_PIXEL
    asked = float(pixels_of(length_mm, dpi)) if in_pixels else length_mm
    reach = float(option.constraint[1]) if isinstance(option.constraint, tuple) else asked
    tolerance = pixels_of(PAPER_TOLERANCE_MM, dpi) if in_pixels else PAPER_TOLERANCE_MM
    if asked > reach + tolerance:
        raise failure(FaultCode.UNSUPPORTED, f"the paper is {length_mm:g} mm long or wide, the scanner's reach is shorter")
    set_option(device, key, min(asked, reach))


def _lowest(constraint: Any) -> float:
    return float(constraint[0]) if isinstance(constraint, tuple) else 0.0


def _reach_mm(device: Any, key: str, usual: float) -> float:
    option = device.opt.get(key)
    if option is None or not isinstance(option.constraint, tuple):
        return usual
    reach = float(option.constraint[1])
    if option.unit != _UNIT_PIXEL:
        return reach
    dpi = float(device.resolution) if _is_usable(device, "resolution") else 0.0
    return reach / dpi * MM_PER_INCH if dpi else usual


def _resolutions(device: Any) -> tuple[int, ...]:
    option = device.opt.get("resolution")
    if option is None:
        return ()
    if isinstance(option.constraint, tuple):
        low, high = option.constraint[:2]
        return tuple(dpi for dpi in RESOLUTIONS if low <= dpi <= high)
    return tuple(sorted({round(dpi) for dpi in option.constraint or ()}))
