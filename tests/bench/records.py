"""How quickly a station with many dossiers answers: ``python -m tests.bench.records`` (50,000; under a minute and a half).

Times are the median and the worst of several calls, in milliseconds of the wall clock; a limit that is missed ends it with 1.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from app.model.dossier import DossierState
from app.model.dossier_query import DossierQuery
from app.model.page_findings import PageText, Word
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.pages import PageStore
from app.store.search import SearchStore
from app.store.tables import DossierRow, PageRow, PageTextRow
from tests.records import NOW, opened_database

LIMIT_MS = 100.0
_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
_MIDDLES = ("Thị", "Văn", "Đức", "Ngọc", "Hữu", "Thanh", "Minh", "Quang")
_GIVEN = ("Mẫu", "Thử", "Tập", "Ví Dụ", "Giả", "Nháp", "Minh Họa", "Thí Điểm")
_PROCEDURES = (("1.001193", "Đăng ký khai sinh"), ("1.000894", "Đăng ký kết hôn"), ("2.000815", "Chứng thực bản sao"))
_STARTS = ("b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "ph", "qu", "t", "th", "tr", "v", "x")
_SYLLABLES = tuple(start + rest for start in _STARTS for rest in ("ưở", "ệ", "á", "ông"))
_AT_ONCE = 2000


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one kind of question."""

    name: str
    median: float
    worst: float
    found: int


def fill(database: Database, count: int, words: int = 40) -> None:
    """Write ``count`` dossiers of one page each, with made-up names and ``words`` words a page, and index them."""
    chance = random.Random(5)
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(count, start + _AT_ONCE))
        with database.write() as session:
            session.execute(insert(DossierRow), [_dossier(chance, number, count) for number in numbers])
            session.execute(insert(PageRow), [_page(number) for number in numbers])
            session.execute(insert(PageTextRow), [_text(chance, number, words) for number in numbers])
    search = SearchStore(database)
    while search.renew():
        pass


def measure(database: Database, repeats: int = 9) -> list[Timing]:
    """Ask everything that the window asks, several times each."""
    search, dossiers, pages = SearchStore(database), DossierStore(database), PageStore(database)
    queries = {
        "search: a word of a page": DossierQuery("phưở trệ"),
        "search: an owner without accents": DossierQuery("nguyen thi mau"),
        "search: what every dossier has": DossierQuery("h02"),
        "search: one letter": DossierQuery("t"),
        "search: a number": DossierQuery("H02.15-261123-0000100"),
        "search: owner and procedure": DossierQuery(owner="dang duc", procedure="ket hon"),
        "search: common words, rare state": DossierQuery("thi", state=DossierState.REFUSED),
        "search: common words, a day": DossierQuery("thi", since=NOW - timedelta(days=30), until=NOW - timedelta(days=29)),
        "search: nothing found": DossierQuery("khongcotunaynhuthe"),
        "search: no words, a state": DossierQuery(state=DossierState.ACCEPTED),
    }
    asked: dict[str, Callable[[], Sequence[object]]] = {
        name: lambda query=query: search.find(query) for name, query in queries.items()
    }
    asked["queue: newest of a state"] = lambda: dossiers.list(DossierState.OPEN, 200)
    asked["queue: newest of all"] = lambda: dossiers.list(None, 200)
    asked["queue: counts"] = lambda: tuple(dossiers.count_by_state().items())
    asked["open: by number, with its pages"] = lambda: pages.of_dossier(dossiers.get("H02.15-261123-0000100").id)
    return [_timed(name, question, repeats) for name, question in asked.items()]


def _timed(name: str, question: Callable[[], Sequence[object]], repeats: int) -> Timing:
    taken, found = [], 0
    for _ in range(repeats):
        began = time.perf_counter()
        found = len(question())
        taken.append((time.perf_counter() - began) * 1000)
    return Timing(name, statistics.median(taken), max(taken), found)


def _dossier(chance: random.Random, number: int, count: int) -> dict[str, object]:
    code, name = chance.choice(_PROCEDURES)
    state = chance.choices([*DossierState], [5, 3, 90, 1])[0]
    return {
        "id": f"{number:08d}-0000-4000-8000-000000000000",
        "provisional": f"TAM-{number:06d}",
        "number": f"H02.15-261123-{number:07d}",
        "procedure_code": code,
        "procedure_name": name,
        "agency_code": "H02.15",
        "owner_name": f"{chance.choice(_FAMILIES)} {chance.choice(_MIDDLES)} {chance.choice(_GIVEN)}",
        "owner_id_number": f"0241980{chance.randrange(100_000):05d}",
        "operator": "Người quét",
        "state": state,
        "revision": 1,
        "created_at": NOW - timedelta(minutes=5 * (count - number)),
    }


def _page(number: int) -> dict[str, object]:
    return {
        "id": f"p{number}",
        "dossier_id": f"{number:08d}-0000-4000-8000-000000000000",
        "position": 0,
        "file": f"{number % 100:02d}/p{number}.jpg",
        "sha256": f"{number:064x}",
        "width": 2480,
        "height": 3508,
        "batch": f"b{number}",
        "sequence": 1,
        "source": "feeder",
        "side": "front",
        "mode": "color",
        "dpi": 300,
        "scanned_at": NOW,
        "state": "ready",
    }


def _text(chance: random.Random, number: int, words: int) -> dict[str, object]:
    said = tuple(Word(chance.choice(_SYLLABLES), (0, 0, 9, 9), 90.0, at // 8) for at in range(words))
    return {"page_id": f"p{number}", "geometry": "{}", "text": PageText(said, 2480, 3508, "bench").to_json()}


def main() -> int:
    """Fill a folder, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as place:
        folder = DataFolder(Path(place))
        database = opened_database(folder)
        began = time.perf_counter()
        fill(database, count)
        print(f"{count} dossiers written and indexed in {time.perf_counter() - began:.0f} s, ", end="")
        print(f"{folder.database.stat().st_size / 1e6:.0f} MB")
        timings = measure(database)
        database.close()
    print("\n| question | median ms | worst ms | found |\n|---|---|---|---|")
    for timing in timings:
        print(f"| {timing.name} | {timing.median:.1f} | {timing.worst:.1f} | {timing.found} |")
    return 1 if any(timing.median > LIMIT_MS for timing in timings) else 0


if __name__ == "__main__":
    sys.exit(main())
