"""A request put into a SANE device's own options: in the order that works, checked at the end, refused rather than guessed.

Setting one option changes others: a source its paper, a mode its resolutions. So each step looks at the device anew, a
profile's own options follow once they can be set, and what a later one undid is done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from drivers import sane_area
from drivers.backend import DriverFault, failure
from drivers.contract import Capabilities, ColorMode, FaultCode, Option, OptionType, Refusal, ScanRequest, Source
from drivers.options import agree, first_number
from drivers.sane_quirks import (
    DEPTH_OPTIONS,
    DUPLEX_SWITCHES,
    DUPLEX_WORDS,
    FEEDER_SIGNS,
    MODE_OPTIONS,
    RESOLUTION_OPTIONS,
    SAFE_VALUES,
    SECOND_RESOLUTIONS,
    SIMPLEX_WORDS,
    SOURCE_OPTIONS,
    mode_of,
    source_of,
)

RESOLUTIONS = (75, 100, 150, 200, 240, 300, 400, 600, 1200)
SAMPLE_BITS = "8"
# What a device does not offer is made of what it does, best first.
_SUBSTITUTES = {
    ColorMode.COLOR: (ColorMode.COLOR,),
    ColorMode.GRAY: (ColorMode.GRAY, ColorMode.COLOR),
    ColorMode.BITONAL: (ColorMode.BITONAL, ColorMode.GRAY, ColorMode.COLOR),
}


class OptionDevice(Protocol):
    """An open device, or the recording of one."""

    def options(self) -> tuple[Option, ...]:
        """Give every option as it is now."""

    def find(self, name: str) -> Option | None:
        """Give one option as it is now; None where the device has none of this name."""

    def put(self, name: str, text: str) -> None:
        """Set an option. Raises DriverFault where it does not take the value."""


@dataclass(frozen=True)
class Applied:
    """What came of a request: the resolution that pages have (dots per inch), and the profile's options refused."""

    dpi: int
    refused: tuple[Refusal, ...] = ()


def read_capabilities(device: OptionDevice) -> Capabilities:
    """Give what an open device can do; each of its sources is tried, as their reach differs."""
    named = _first(device, SOURCE_OPTIONS)
    ways = _source_names(named)
    reaches = []
    for name in ways.values():
        _attempt(device, named, name)
        reaches.append(sane_area.reach_mm(device, _resolution_now(device)))
    width, height = sane_area.largest(reaches or [sane_area.reach_mm(device, _resolution_now(device))])
    modes = set(_mode_names(_first(device, MODE_OPTIONS))) or {ColorMode.COLOR}
    offered = tuple(mode for mode in ColorMode if modes & set(_SUBSTITUTES[mode]))
    return Capabilities(sources(device), offered, _resolutions(device), width, height)


def sources(device: OptionDevice) -> tuple[Source, ...]:
    """Give where the device takes sheets from; one that does not say has a feeder only if other options give it away."""
    named = _source_names(_first(device, SOURCE_OPTIONS))
    found = set(named)
    if not named:
        found = {Source.FEEDER if any(device.find(sign) for sign in FEEDER_SIGNS) else Source.FLATBED}
    if Source.FEEDER in found and _switch(device) is not None:
        found.add(Source.DUPLEX)
    return tuple(source for source in Source if source in found)


def apply_request(device: OptionDevice, request: ScanRequest, *, strict: bool = True) -> Applied:
    """Set source, mode, depth, safe values, resolution, paper and the request's own options, then check them all.

    Raises DriverFault: UNSUPPORTED when the device does not take a value as asked, INVALID_REQUEST for an unknown option.
    With ``strict`` off, the refusals are given instead.
    """
    setter = _Setter(device)
    refused: list[Refusal] = []
    dpi = request.dpi
    try:
        _set_source(setter, request.source)
        _set_mode(setter, request.mode)
        _set_safe(setter, request)
        dpi = _set_resolution(setter, request.dpi)
        sane_area.set_paper(setter, request, dpi, centred_in=_value(_first(device, SOURCE_OPTIONS)))
    except DriverFault as error:
        if strict:
            raise
        refused.append(Refusal("", error.fault.detail))
    for name, refusal in setter.put_named(request.options).items():
        if strict:
            raise refusal
        refused.append(Refusal(name, refusal.fault.detail))
    if strict:
        setter.settle()
    if any(device.find(name) == _first(device, RESOLUTION_OPTIONS) for name in request.options):
        dpi = round(_resolution_now(device)) or dpi
    return Applied(dpi, tuple(refused))


class _Setter:
    """Sets options and remembers them, so that what one undid of another is noticed."""

    def __init__(self, device: OptionDevice) -> None:
        self.device = device
        self._put: dict[str, str] = {}

    def find(self, name: str) -> Option | None:
        return self.device.find(name)

    def put(self, name: str, text: str) -> None:
        self.device.put(name, text)
        self._put[name] = text

    def put_named(self, wanted: Mapping[str, str]) -> dict[str, DriverFault]:
        """Set a profile's options in the device's order, again and again while one makes another settable."""
        found = {name: self.find(name) for name in wanted}
        left = [option.name for option in self.device.options() if option in found.values()]
        texts = {option.name: wanted[name] for name, option in found.items() if option is not None}
        errors = {name: _unknown(name) for name, option in found.items() if option is None}
        progress = True
        while left and progress:
            progress = False
            for name in tuple(left):
                option = self.find(name)
                if option is not None and option.usable:
                    left.remove(name)
                    progress = True
                    try:
                        self.put(name, texts[name])
                    except DriverFault as error:
                        errors[name] = error
        return errors | {name: failure(FaultCode.INVALID_REQUEST, f"the option {name!r} cannot be set now") for name in left}

    def settle(self) -> None:
        """Set again what a later option changed. Raises DriverFault(UNSUPPORTED) where two exclude each other."""
        for _ in range(2):
            undone = [name for name in self._put if not self._holds(name)]
            for name in undone:
                self.device.put(name, self._put[name])
        if any(not self._holds(name) for name in self._put):
            names = ", ".join(name for name in self._put if not self._holds(name))
            raise failure(FaultCode.UNSUPPORTED, f"the scanner does not keep {names} with the other options")

    def _holds(self, name: str) -> bool:
        option = self.find(name)
        if option is None or not option.usable or not option.value:
            return True
        return agree(option, self._put[name], option.value)


def _unknown(name: str) -> DriverFault:
    return failure(FaultCode.INVALID_REQUEST, f"the scanner has no option {name!r}")


def _first(device: OptionDevice | _Setter, names: Iterable[str]) -> Option | None:
    return next(filter(None, (device.find(name) for name in names)), None)


def _value(option: Option | None) -> str:
    return option.value if option is not None else ""


def _source_names(option: Option | None) -> dict[Source, str]:
    """Give the device's name for each source, the first one where it has several."""
    if option is None:
        return {}
    names = option.choices if option.usable else (option.value,)
    return {source: name for name in reversed(names) if (source := source_of(name)) is not None}


def _mode_names(option: Option | None) -> dict[ColorMode, str]:
    names = option.choices if option is not None else ()
    return {mode: name for name in reversed(names) if (mode := mode_of(name)) is not None}


def _switch(device: OptionDevice | _Setter) -> tuple[Option, str, str] | None:
    """Give the option by which both sides are scanned, where no source does it, with its words for one and for both."""
    for option in filter(None, (device.find(name) for name in DUPLEX_SWITCHES)):
        if option.type is OptionType.BOOL and option.settable:
            return option, "no", "yes"
        one, both = (_worded(option.choices, words) for words in (SIMPLEX_WORDS, DUPLEX_WORDS))
        if both:
            return option, one, both
    return None


def _worded(choices: Iterable[str], words: Iterable[str]) -> str:
    return next((choice for word in words for choice in choices if word in choice.casefold()), "")


def _set_source(setter: _Setter, source: Source) -> None:
    option = _first(setter, SOURCE_OPTIONS)
    names = _source_names(option)
    offered = sources(setter.device)
    if source not in offered:
        there = ", ".join(one.value for one in offered)
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {source.value}; it has {there}")
    name = names.get(source) or (names.get(Source.FEEDER) if source is Source.DUPLEX else None)
    if option is not None and option.usable and name:
        setter.put(option.name, name)
    _set_sides(setter, source, by_source=source is not Source.DUPLEX or Source.DUPLEX in names)


def _set_sides(setter: _Setter, source: Source, *, by_source: bool) -> None:
    """Set the switch for both sides, which some devices have besides the source."""
    switch = _switch(setter)
    if switch is None or (source is Source.DUPLEX and by_source):
        return
    option, one, both = switch
    if source is Source.DUPLEX:
        setter.put(option.name, both)
    elif one and option.usable and option.value != one:
        setter.put(option.name, one)


def _set_mode(setter: _Setter, mode: ColorMode) -> None:
    option = _first(setter, MODE_OPTIONS)
    names = _mode_names(option)
    if option is not None and option.usable and names:
        name = next((names[one] for one in _SUBSTITUTES[mode] if one in names), None)
        if name is None:
            raise failure(FaultCode.UNSUPPORTED, f"the scanner has no mode {mode.value}")
        setter.put(option.name, name)
    depth = _first(setter, DEPTH_OPTIONS)
    if (
        depth is not None
        and depth.usable
        and (not depth.choices or SAMPLE_BITS in depth.choices)
        and depth.value != SAMPLE_BITS
    ):
        setter.put(depth.name, SAMPLE_BITS)


def _set_safe(setter: _Setter, request: ScanRequest) -> None:
    """Put the values that keep a batch whole, where the device has them and the profile does not say otherwise."""
    given = {name.replace("_", "-") for name in request.options}
    for name, (at_glass, at_feeder) in SAFE_VALUES.items():
        option = setter.find(name)
        text = at_glass if request.source is Source.FLATBED else at_feeder
        if option is None or not option.usable or name in given or not text or option.value == text:
            continue
        fitting = text if not option.choices else _worded(option.choices, (text, "off", "no"))
        _attempt(setter.device, option, fitting)


def _attempt(device: OptionDevice, option: Option | None, text: str) -> None:
    """Set an option where the device takes it; what it does not take stays as it was."""
    try:
        if option is not None and option.usable and text:
            device.put(option.name, text)
    except DriverFault:
        return


def _set_resolution(setter: _Setter, dpi: int) -> int:
    """Set the resolution, or the next finer one that the device has; gives it. Raises DriverFault(UNSUPPORTED)."""
    option = _first(setter, RESOLUTION_OPTIONS)
    if option is None or not option.usable:
        return dpi
    text, taken = _finer(option, dpi)
    setter.put(option.name, text)
    for name in SECOND_RESOLUTIONS:
        second = setter.find(name)
        if second is not None and second.usable:
            setter.put(name, _finer(second, taken)[0])
    return taken


def _finer(option: Option, dpi: int) -> tuple[str, int]:
    """Give the device's word for the lowest resolution that is at least ``dpi``, and its number."""
    listed = sorted((number, text) for text in option.choices if (number := first_number(text)) is not None)
    if listed:
        fitting = next(((text, round(number)) for number, text in listed if number >= dpi), None)
        if fitting is None:
            raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {dpi} dpi; it has {', '.join(option.choices)}")
        return fitting
    low, high = option.low or 0, option.high or 0
    if high and dpi > high:
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {dpi} dpi; it has {low:g} to {high:g}")
    taken = max(dpi, round(low))
    if option.step > 1 and (taken - low) % option.step:
        taken = round(low + ((taken - low) // option.step + 1) * option.step)
    return str(taken), taken


def _resolution_now(device: OptionDevice) -> float:
    return first_number(_value(_first(device, RESOLUTION_OPTIONS))) or 0.0


def _resolutions(device: OptionDevice) -> tuple[int, ...]:
    option = _first(device, RESOLUTION_OPTIONS)
    if option is None:
        return ()
    if option.choices:
        return tuple(sorted({round(number) for text in option.choices if (number := first_number(text))}))
    return tuple(dpi for dpi in RESOLUTIONS if (option.low or 0) <= dpi <= (option.high or 0))
