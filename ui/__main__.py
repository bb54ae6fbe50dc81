"""``python -m ui``: the window on the data folder of this user."""

from __future__ import annotations

import sys

from app.bootstrap import build
from app.errors import SohoaError
from app.settings import default_data_path, default_settings_path
from ui.start import run_window, tell_why_not


def main() -> int:
    """Open the window; gives the exit code."""
    try:
        application = build(default_data_path(), default_settings_path(), send=True)
    except SohoaError as error:
        sys.stderr.write(f"{error.title_in('vi')} {error.remedy_in('vi')}\n{error.title_in('en')} {error.remedy_in('en')}\n")
        tell_why_not(error)
        return int(error.exit_code)
    try:
        return run_window(application)
    finally:
        application.close()


if __name__ == "__main__":
    sys.exit(main())
