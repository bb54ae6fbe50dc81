"""What a TWAIN driver's condition codes mean to the clerk; and how pytwain disguises them as exceptions."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode

# Condition codes (TWCC_...) of the TWAIN specification 2.4, chapter 11.
NO_MEDIA = 29
_CODES = {
    0: FaultCode.IO_ERROR,  # it failed, and says that it did not
    1: FaultCode.IO_ERROR,  # general failure
    2: FaultCode.NO_MEMORY,
    3: FaultCode.NO_DEVICE,  # no such data source
    4: FaultCode.DEVICE_BUSY,  # opened by as many programs as it can serve
    5: FaultCode.IO_ERROR,  # the driver has shown the reason itself, or should have
    6: FaultCode.UNSUPPORTED,
    9: FaultCode.UNSUPPORTED,
    10: FaultCode.UNSUPPORTED,  # a value that the scanner does not take
    11: FaultCode.IO_ERROR,  # asked at the wrong moment
    12: FaultCode.NO_DEVICE,
    13: FaultCode.UNSUPPORTED,
    14: FaultCode.UNSUPPORTED,
    15: FaultCode.UNSUPPORTED,
    16: FaultCode.ACCESS_DENIED,
    17: FaultCode.IO_ERROR,
    18: FaultCode.IO_ERROR,
    19: FaultCode.IO_ERROR,
    20: FaultCode.JAM,
    21: FaultCode.DOUBLE_FEED,
    22: FaultCode.SPOOL_FULL,  # the driver could not write the page's file
    23: FaultCode.NO_DEVICE,  # switched off or unplugged
    24: FaultCode.COVER_OPEN,  # interlock
    25: FaultCode.BAD_PAGE,  # damaged corner
    26: FaultCode.BAD_PAGE,  # out of focus
    27: FaultCode.BAD_PAGE,  # too light
    28: FaultCode.BAD_PAGE,  # too dark
    NO_MEDIA: FaultCode.FEEDER_EMPTY,
}

# The exceptions that pytwain makes of condition codes, by name: this module is also used where pytwain is not installed.
_CONDITIONS = {
    "GeneralFailure": 1,
    "MemoryError": 2,
    "NoDataSourceError": 3,
    "MaxConnectionsError": 4,
    "OperationError": 5,
    "BadCapability": 6,
    "BadProtocol": 9,
    "ValueError": 10,
    "SequenceError": 11,
    "BadDestination": 12,
    "CapUnsupported": 13,
    "CapBadOperation": 14,
    "CapSeqError": 15,
    "DeniedError": 16,
    "FileExistsError": 17,
    "FileNotFoundError": 18,
    "NotEmptyError": 19,
    "PaperJam": 20,
    "PaperDoubleFeedError": 21,
    "FileWriteError": 22,
    "CheckDeviceOnlineError": 23,
}
# Exceptions of pytwain that are no condition code.
_OTHERS = {
    "DSTransferCancelled": FaultCode.CANCELLED,
    "SMLoadFileFailed": FaultCode.BACKEND_MISSING,
    "SMGetProcAddressFailed": FaultCode.BACKEND_MISSING,
    "SMOpenFailed": FaultCode.BACKEND_MISSING,
    "CapabilityFormatNotSupported": FaultCode.UNSUPPORTED,
    "CheckStatus": FaultCode.UNSUPPORTED,
}
# How ctypes on Windows tells that the called code crashed: "exception: access violation writing 0x0".
_CRASH = "exception: "
# How pytwain tells of a code that it does not know, "no paper" and "cover open" among them.
_UNKNOWN = re.compile(r"ConditionCode = (\d+)")


def condition_of(error: Exception) -> int | None:
    """Give the TWAIN condition code behind an exception of pytwain; None where there is none."""
    name = type(error).__name__
    if name == "UnknownError" and (found := _UNKNOWN.search(str(error))):
        return int(found[1])
    return _CONDITIONS.get(name)


def fault_code(error: Exception) -> FaultCode:
    """Give what an exception of pytwain means."""
    condition = condition_of(error)
    if condition is not None:
        return _CODES.get(condition, FaultCode.IO_ERROR)
    if isinstance(error, OSError) and str(error).startswith(_CRASH):
        return FaultCode.CRASHED
    return _OTHERS.get(type(error).__name__, FaultCode.IO_ERROR)


@contextlib.contextmanager
def twain_errors(doing: str) -> Iterator[None]:
    """Turn what pytwain raises into DriverFault; ``doing`` says what was asked of the driver."""
    try:
        yield
    except DriverFault:
        raise
    except Exception as error:
        condition = condition_of(error)
        reason = f"condition code {condition}" if condition is not None else f"{type(error).__name__} {error}".strip()
        raise failure(fault_code(error), f"{doing}: {reason}") from error


@contextlib.contextmanager
def opening_errors(device: str) -> Iterator[None]:
    """As ``twain_errors``, for the opening of ``device``: what cannot be opened at all is not there.

    Managers disagree about a scanner that is switched off: one hands on the driver's code, another fails without any.
    """
    try:
        with twain_errors(device):
            yield
    except DriverFault as error:
        if error.fault.code in (FaultCode.IO_ERROR, FaultCode.UNSUPPORTED):
            raise failure(FaultCode.NO_DEVICE, error.fault.detail) from error
        raise
