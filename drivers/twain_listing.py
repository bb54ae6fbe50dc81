"""All capabilities of an open TWAIN source as options: what a profile can set by the specification's names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from drivers import twain_containers, twain_options
from drivers.backend import DriverFault
from drivers.contract import Option, OptionsRead, OptionType, Refusal, ScanRequest
from drivers.twain_faults import twain_errors
from drivers.twain_options import Choice

# Numbers of the TWAIN specification 2.4: the list of capabilities, and the types of values.
SUPPORTED_CAPABILITIES = 0x1005
_TYPES = {
    **dict.fromkeys(range(6), OptionType.INT),
    6: OptionType.BOOL,
    7: OptionType.FIXED,
}
# Not settings of a page: lists about the driver, and what the worker itself has to keep.
_HIDDEN = {"CAP_SUPPORTEDCAPS", "CAP_EXTENDEDCAPS", "CAP_SUPPORTEDDATS", "CAP_XFERCOUNT", "ICAP_XFERMECH", "ICAP_UNITS"}


def read_options(source: Any, request: ScanRequest, names: Mapping[str, int]) -> OptionsRead:
    """Give every capability that the source tells of, with the request applied as far as the driver takes it."""
    refused = []
    base = dataclasses.replace(request, options={})
    if why := _attempt(source, base, names):
        refused.append(Refusal("", why))
    for name, text in request.options.items():
        # The whole request again: one option alone would be undone by the steps before it.
        one = dataclasses.replace(base, options={name: text})
        if why := _attempt(source, one, names):
            refused.append(Refusal(name, why))
    listed = (_option(source, name, number) for name, number in _told(source, names))
    transfer = Option(twain_options.TRANSFER_OPTION, OptionType.STRING, choices=("native", "file"), value="native")
    return OptionsRead((transfer, *filter(None, listed)), tuple(refused))


def _attempt(source: Any, request: ScanRequest, names: Mapping[str, int]) -> str:
    try:
        twain_options.apply_request(source, request, names)
    except DriverFault as error:
        return error.fault.detail or error.fault.code.value
    return ""


def _told(source: Any, names: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """Give the capabilities by name that the source says it has; all that the specification names where it does not say."""
    listed = twain_options.read_choice(source, SUPPORTED_CAPABILITIES)
    numbers = {int(number) for number in listed.values} if listed is not None else set()
    return [(name, number) for name, number in names.items() if name not in _HIDDEN and (not numbers or number in numbers)]


def _option(source: Any, name: str, number: int) -> Option | None:
    try:
        with twain_errors("reading"):
            found = source.get_capability_current(number)
        if twain_containers.is_text_or_list(found):
            return _option_of_text(source, name, number)
    except DriverFault as error:
        twain_options.go_on_if_unsupported(error)
        return None
    kind = OptionType.FIXED if isinstance(found, dict) else _TYPES.get(found[0])
    return _option_of_number(source, name, number, kind) if kind is not None else None


def _option_of_text(source: Any, name: str, number: int) -> Option:
    now, told = twain_containers.read(source, number), twain_containers.read(source, number, twain_containers.GET)
    choices = told.values if now.is_list or len(told.values) > 1 else ()
    return Option(name, OptionType.STRING, choices=choices, value=now.current, count=0 if now.is_list else 1)


def _option_of_number(source: Any, name: str, number: int, kind: OptionType) -> Option:
    choice = twain_options.read_choice(source, number) or Choice()
    current = twain_options.read_current(source, number)
    ranged = not choice.values and choice.high > choice.low
    return Option(
        name=name,
        type=kind,
        choices=tuple(f"{value:g}" for value in choice.values)
        if len(choice.values) > 1 and kind is not OptionType.BOOL
        else (),
        low=choice.low if ranged else None,
        high=choice.high if ranged else None,
        value="" if current is None else _text(kind, current),
        settable=current is not None,
    )


def _text(kind: OptionType, value: float) -> str:
    if kind is OptionType.BOOL:
        return "yes" if value else "no"
    return f"{value:g}"
