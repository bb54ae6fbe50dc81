"""Dates written in words, as civil status papers repeat them: "Ngày mười bảy tháng tám năm hai nghìn không trăm lẻ chín"."""

from __future__ import annotations

import re
from datetime import date

from app.model.vietnamese import fold

_DIGITS = {
    "khong": 0,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "lam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "gieng": 1,
    "chap": 12,
}
# "Năm" is both five and year: the month is one of twelve words, so what follows it is the year.
_MONTH = r"gieng|mot|hai|ba|tu|bon|nam|sau|bay|tam|chin|muoi(?: mot| hai)?|chap"
_DATE = re.compile(rf"ngay (?P<day>[a-z ]+?) thang (?P<month>{_MONTH}) nam (?P<year>[a-z ]+)")


def spoken_date(text: str) -> date | None:
    """Read the first date in words; None where there is none, or no such day."""
    found = _DATE.search(" ".join(re.findall(r"[a-z]+", fold(text))))
    if found is None:
        return None
    try:
        return date(spoken_number(found["year"]), spoken_number(found["month"]), spoken_number(found["day"]))
    except ValueError:
        return None


def spoken_number(text: str) -> int:
    """Read a whole number in words without accents, below a million; words that are no numbers do not count."""
    thousands = below = 0
    last: int | None = None
    for word in text.split():
        if word in _DIGITS:
            last = _DIGITS[word]
        elif word == "muoi":
            below += (1 if last is None else last) * 10
            last = None
        elif word == "tram":
            below += (last or 0) * 100
            last = None
        elif word in ("nghin", "ngan"):
            thousands += below + (last or 0)
            below, last = 0, None
    return thousands * 1000 + below + (last or 0)
