"""The little of Windows that TWAIN needs: a window that nobody sees, memory blocks, and a way out of the message loop."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

POLL_SECONDS = 0.1
_QUIT_MESSAGE = 0x0012
_PATH_CHARACTERS = 1024


def is_windows() -> bool:
    """Say whether this is Windows; a function, so that the type checker reads the code for both systems."""
    return sys.platform == "win32"


@contextlib.contextmanager
def hidden_window() -> Iterator[int]:
    """Give the handle of a window of this thread that is never shown: without one a driver may wait for ever."""
    if sys.platform != "win32":
        raise OSError("there are no such windows on this system")
    user = ctypes.WinDLL("user32", use_last_error=True)
    user.CreateWindowExW.restype = ctypes.c_void_p
    user.CreateWindowExW.argtypes = [
        *(ctypes.c_uint32, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint32),
        *[ctypes.c_int] * 4,
        *[ctypes.c_void_p] * 4,
    ]
    user.DestroyWindow.argtypes = [ctypes.c_void_p]
    handle = user.CreateWindowExW(0, "STATIC", "Sohoa", 0, 0, 0, 1, 1, None, None, None, None)
    if not handle:
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        yield handle
    finally:
        user.DestroyWindow(handle)


@contextlib.contextmanager
def left_when(condition: Callable[[], bool]) -> Iterator[None]:
    """Let this thread's message loop end, as if its program did, as soon as ``condition`` holds."""
    if sys.platform != "win32":
        raise OSError("there are no message loops on this system")
    loop = ctypes.WinDLL("kernel32").GetCurrentThreadId()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL_SECONDS):
            # Once: a driver's own loop, while it is being closed, must not find another.
            if condition() and ctypes.WinDLL("user32").PostThreadMessageW(loop, _QUIT_MESSAGE, 0, 0):
                return

    watcher = threading.Thread(target=watch, name="message-loop-watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def block_size(handle: int) -> int:
    """Give the size in bytes of a global memory block; 0 for a handle of any other kind."""
    if sys.platform != "win32":
        return 0
    kernel = ctypes.WinDLL("kernel32")
    kernel.GlobalSize.restype = ctypes.c_size_t
    kernel.GlobalSize.argtypes = [ctypes.c_void_p]
    return int(kernel.GlobalSize(handle))


def plain_path(folder: Path) -> Path:
    """Give a name of the folder that old drivers understand: without Vietnamese letters, where the disk keeps such names."""
    if sys.platform != "win32" or str(folder).isascii():
        return folder
    short = ctypes.create_unicode_buffer(_PATH_CHARACTERS)
    length = ctypes.WinDLL("kernel32").GetShortPathNameW(str(folder), short, _PATH_CHARACTERS)
    return Path(short.value) if 0 < length < _PATH_CHARACTERS else folder
