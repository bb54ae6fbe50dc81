"""What an eSCL device lets be adjusted in a scan: brightness and the like, read from its capabilities, put into the order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode, Option, OptionType, Refusal, Unit
from drivers.options import value_of

MAX_CHOICES = 20

# By option: the element of the capabilities that offers it, the element of the order that asks for it, its title.
_RANGES = {
    "brightness": ("BrightnessSupport", "Brightness", "Brightness"),
    "contrast": ("ContrastSupport", "Contrast", "Contrast"),
    "sharpen": ("SharpenSupport", "Sharpen", "Sharpening"),
    "gamma": ("GammaSupport", "Gamma", "Gamma"),
    "highlight": ("HighlightSupport", "Highlight", "Lightest value"),
    "shadow": ("ShadowSupport", "Shadow", "Darkest value"),
    "noise-removal": ("NoiseRemovalSupport", "NoiseRemoval", "Noise removal"),
    "compression-factor": ("CompressionFactorSupport", "CompressionFactor", "Compression"),
}
# The channel that makes gray of colour: with it one colour of ink drops out.
CHANNEL, _CHANNEL_ELEMENT = "ccd-channel", "CcdChannel"
NAMES = frozenset({*_RANGES, CHANNEL})


def read_adjustments(root: Any) -> tuple[Option, ...]:
    """Give what the capabilities offer, at the device's usual values; ``root`` is their element."""
    found = [_range(name, element) for name, (support, *_) in _RANGES.items() for element in _named(root, support)]
    channels = dict.fromkeys(text for one in _named(root, _CHANNEL_ELEMENT) if re.fullmatch(r"\w{1,40}", text := _text(one)))
    if channels:
        choices = tuple(channels)[:MAX_CHOICES]
        found.append(Option(CHANNEL, OptionType.STRING, "Channel that makes gray", choices=choices))
    return tuple({option.name: option for option in filter(None, found)}.values())


def elements(offered: Iterable[Option], wanted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Give the elements of an order for a request's adjustments. Raises DriverFault for what the device does not offer."""
    options = {option.name: option for option in offered}
    chosen = []
    for name, text in wanted.items():
        if name not in NAMES:
            continue
        if name not in options:
            raise failure(FaultCode.INVALID_REQUEST, f"the scanner has no option {name!r}")
        value = value_of(options[name], text)
        chosen.append((_CHANNEL_ELEMENT if name == CHANNEL else _RANGES[name][1], str(value)))
    return tuple(chosen)


def with_values(offered: Iterable[Option], wanted: Mapping[str, str]) -> tuple[list[Option], list[Refusal]]:
    """Give the options with a request's values, and what the device does not take of them."""
    options = {option.name: option for option in offered}
    refused = []
    for name in NAMES & set(wanted):
        try:
            elements(options.values(), {name: wanted[name]})
        except DriverFault as error:
            refused.append(Refusal(name, error.fault.detail))
    bad = {one.name for one in refused}
    given = {name: text for name, text in wanted.items() if name not in bad}
    return [replace(option, value=given.get(name, option.value)) for name, option in options.items()], refused


def _range(name: str, support: Any) -> Option | None:
    low, high, normal, step = (_number(support, part) for part in ("Min", "Max", "Normal", "Step"))
    if low is None or high is None or low >= high:
        return None
    usual = "" if normal is None else str(normal)
    return Option(name, OptionType.INT, _RANGES[name][2], "", "", Unit.NONE, (), low, high, step or 0, usual)


def _named(root: Any, name: str) -> Iterator[Any]:
    return (element for element in root.iter() if str(element.tag).rpartition("}")[2] == name)


def _number(element: Any, name: str) -> int | None:
    text = next((_text(one) for one in _named(element, name)), "")
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else None


def _text(element: Any) -> str:
    return (element.text or "").strip()
