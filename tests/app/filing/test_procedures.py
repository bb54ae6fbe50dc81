from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filing.procedures import ProcedureSearch, UnknownProcedure
from app.model.procedure import Procedure
from app.store.procedures import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).parents[3] / "resources/catalogue.json")
SEARCH = ProcedureSearch(CATALOGUE)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dk khai sinh", "1.001193"),
        ("khai sinh", "1.001193"),
        ("dks", "1.001193"),
        ("dkks", "1.001193"),
        ("KHAI SINH LẠI", "1.004884"),
        ("ket hon nuoc ngoai", "2.000806"),
        ("Đăng ký kết hôn", "1.000894"),
        ("ket hom", "1.000894"),
        ("dang ky khia sinh", "1.001193"),
        ("khai tu", "1.000656"),
        ("thuong tru", "1.004222"),
        ("tách hộ", "1.010038"),
        ("xntthn", "1.004873"),
        ("giam ho", "1.004837"),
        ("ban sao tu ban chinh", "2.000815"),
        ("di chuc", "2.001019"),
        ("ly lich tu phap", "3.000333"),
        ("doi giay phep lai xe", "3.000347"),
        ("thanh lap hkd", "1.001612"),
        ("cong ty co phan", "2.002043"),
        ("so bhxh", "1.002759"),
        ("mai tang cuu chien binh", "2.002307"),
        ("khuyet tat", "1.001699"),
        ("1.00119", "1.001193"),
        ("1.001193.000.00.00.H48", "1.001193"),
        ("1001193", "1.001193"),
        ("2.000815.01", "2.000815"),
    ],
)
def test_the_expected_procedure_comes_first(query: str, first: str) -> None:
    assert SEARCH.search(query)[0].procedure.code == first


def test_an_empty_text_gives_all_in_the_catalogues_order() -> None:
    for empty in ("", "  ", "--"):
        assert [match.procedure for match in SEARCH.search(empty)] == list(CATALOGUE.procedures)


def test_a_code_prefix_gives_only_codes_that_begin_with_it() -> None:
    found = SEARCH.search("2.0008", limit=50)
    assert {match.procedure.code for match in found} == {
        item.code for item in CATALOGUE.procedures if item.code.startswith("2.0008")
    }


def test_what_resembles_nothing_finds_nothing() -> None:
    assert SEARCH.search("xyzzy qqq") == []


@given(st.text(max_size=80) | st.text(st.sampled_from("adkhs. 12"), max_size=80), st.integers(1, 30))
def test_any_text_gives_scored_matches_best_first(text: str, limit: int) -> None:
    found = SEARCH.search(text, limit)
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    assert len(found) <= limit or len(found) == len(CATALOGUE.procedures)


@pytest.mark.parametrize("procedure", CATALOGUE.procedures, ids=lambda procedure: procedure.code)
def test_every_procedure_is_found_by_its_name_and_all_spellings_of_its_code(procedure: Procedure) -> None:
    assert SEARCH.search(procedure.name)[0].procedure == procedure
    for code in (procedure.code, f" {procedure.code}.h48", f"{procedure.code}.000.00.00.H48", f"{procedure.code}.01"):
        assert SEARCH.find(code) is procedure


def test_an_unknown_code_names_the_closest() -> None:
    with pytest.raises(UnknownProcedure) as caught:
        SEARCH.find("1.001194")
    assert caught.value.suggestions[0].code == "1.001193"
    assert "1.001193 Đăng ký khai sinh" in caught.value.remedy_in("vi")
    assert "1.001194" in str(caught.value)


@pytest.mark.parametrize("code", ["", "khai sinh", "024198508877", "{}"])
def test_what_is_no_code_is_unknown_and_stays_masked(code: str) -> None:
    with pytest.raises(UnknownProcedure) as caught:
        SEARCH.find(code)
    assert "198508877" not in str(caught.value)
    assert bool(caught.value.suggestions) == ("Gần giống" in caught.value.remedy_in("vi"))


def test_the_countrys_whole_catalogue_answers_within_a_key_stroke() -> None:
    chance = random.Random(1)
    words = sorted({word for item in CATALOGUE.procedures for word in item.name.split()})
    procedures = tuple(
        replace(
            CATALOGUE.procedures[n % 69],
            code=f"{1 + n % 6}.{n:06d}",
            name=" ".join(chance.choices(words, k=chance.randint(5, 40))),
        )
        for n in range(5741)
    )
    search = ProcedureSearch(replace(CATALOGUE, procedures=procedures))
    for query in ("dk khai sinh", "dks", "ket hom nuoc ngoia", "d", "zq" * 100, "1.0"):
        # CPU time of the best of three: other work on the machine must not decide.
        best = min(_seconds(search, query) for _ in range(3))
        assert best < 0.06, query


def _seconds(search: ProcedureSearch, query: str) -> float:
    start = time.process_time()
    search.search(query)
    return time.process_time() - start
