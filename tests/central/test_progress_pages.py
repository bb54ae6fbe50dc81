"""The province's pages: what they count, the dossiers behind each number, and that nobody sees another agency's."""

from __future__ import annotations

import html
import io
import re
import uuid

import openpyxl
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from central.database import migrate
from central.fact_tables import Fact, FactCount
from central.people import Role
from central.web.sessions import add_admin
from tests.central.browsing import PASSWORD, Browser, file_path
from tests.central.test_status import STATUS, put
from tests.pdfs import pdf_of

TIME = "from=2025-11&to=2025-11"


def signed_in(server, agency: str = "", role: Role = Role.VIEWER) -> Browser:
    name = f"u{uuid.uuid4().hex[:12]}"
    with server.centre() as centre:
        add_admin(centre, name, PASSWORD, role, agency)
    browser = Browser(server)
    assert browser.sign_in(name).status_code == 303
    return browser


def send(station, agency: str, *, result: bool = False, procedure: str = "1.001193", owner: str = "Trần Thị Thử"):
    contents = [pdf_of(uuid.uuid4().hex) for _ in range(2 if result else 1)]
    for content in contents:
        station.upload(content)
    dossier = {"agency_code": agency, "procedure_code": procedure, "owner": {"name": owner, "id_number": "024099000001"}}
    manifest = station.manifest(*contents, dossier=dossier)
    if result:
        manifest["papers"][1] |= {"side": "result", "component_code": "KQ(1)"}
    answer = station.put(manifest)
    assert answer.status_code == 201, answer.text
    return manifest, answer.json()["dossier_number"]


def tables(browser, path: str) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(browser.get(path).content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def agency(number: str) -> str:
    """An agency that no other test uses: the server is shared."""
    return f"H9{number}.{uuid.uuid4().hex[:4].upper()}"


def test_shares_are_counted_and_lead_to_their_dossiers(server, station):
    one = agency("1")
    whole, half = send(station, one, result=True), send(station, one)
    send(station, f"{one}.2", procedure="1.000001")
    browser = signed_in(server)
    path = f"agency={one}&indicator=dossier_and_result&{TIME}"
    page = browser.get(f"/progress?{path}")
    assert "33,33 %" in page.text
    assert "1,67 / 4" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    found = tables(browser, f"/progress.xlsx?{path}&lang=en")
    assert set(found["By agency"][1:]) == {(one, one, None, None, 1, 2, 50), (f"{one}.2", f"{one}.2", None, None, 0, 1, 0)}
    assert ("1.000001", None, 0, 1, 0) in [(row[0], None, *row[2:]) for row in found["By procedure"]]
    assert found["Month by month"][1:] == [("2025-11", 1, 3, 33.33)]
    # Every number leads to its dossiers, also that of a level and of agencies whose level nobody knows.
    links = [
        html.unescape(link) for link in re.findall(r'<a href="(/dossiers\?[^"]+)">', browser.get(f"/progress?{path}").text)
    ]
    assert {(link.split("level=")[-1], "level=" in link) for link in links} >= {("-", True)}
    for link in links:
        assert browser.get(link).status_code == 200
    assert whole[1] in browser.get(next(link for link in links if "level=-" in link and "part=reached" in link)).text
    reached, missing = (browser.get(f"/dossiers?part={part}&{path}").text for part in ("reached", "missing"))
    assert whole[1] in reached
    assert half[1] not in reached
    assert half[1] in missing
    assert "2 hồ sơ" in missing
    rows = tables(browser, f"/dossiers.xlsx?part=reached&{path}&lang=en")["Dossiers"]
    assert [row[0] for row in rows[1:]] == [whole[1]]
    assert "33.33 %" in browser.get(f"/progress?{path}&lang=en").text


def test_what_is_not_counted_is_named_with_its_reason(server):
    browser = signed_in(server)
    page = browser.get("/progress").text
    for said in (
        "Chỉ tiêu không tính ở đây",
        "<strong>4.4 ",
        "DuocLayTuKhoDMQG",
        "<strong>4.5 ",
        "TaiKhoanDuocXacThucVoiVNeID",
    ):
        assert said in page
    assert "nobody at a desk" in browser.get("/progress?lang=en").text


def test_a_correction_counts_in_place_of_what_it_corrects(server, station):
    one = agency("2")
    first, _ = send(station, one, result=True)
    only = {"revision": 2, "reason": "quét nhầm kết quả", "papers": first["papers"][:1]}
    assert station.put(first | only).status_code == 201
    row = tables(signed_in(server, one), f"/progress.xlsx?indicator=result&{TIME}&lang=en")["By agency"][1]
    assert row[4:] == (0, 1, 0)
    with server.centre() as centre, centre.database.read() as session:
        counts = session.scalars(select(FactCount).where(FactCount.agency_code == one, FactCount.procedure_code == ""))
        assert sorted(count.dossiers for count in counts) == [0, 1]


def test_nothing_counted_is_said_and_odd_questions_are_refused(server, assert_problem):
    browser = signed_in(server, agency("3"))
    assert "Không có hồ sơ nào trong thời gian này" in browser.get("/progress").text
    for odd in ("from=2026-02&to=2026-01", "from=1900-01&to=2026-01", "from=2026-13", "from=x", "part=all"):
        assert browser.get(f"/dossiers?{odd}").status_code == 422
    assert "Hồ sơ có giấy tờ số hóa" in browser.get("/progress?indicator=unknown").text


PAGES = (
    "/records",
    "/records?q={owner}",
    "/records?q=024099000001",
    "/records?q={number}",
    f"/progress?{TIME}",
    f"/progress?agency={{other}}&{TIME}",
    f"/progress?level=&procedure=1.001193&{TIME}",
    f"/dossiers?{TIME}",
    f"/dossiers?agency={{other}}&part=reached&{TIME}",
    "/stations",
    "/access",
)


def test_nobody_sees_what_belongs_to_another_agency(server, station, assert_problem):
    ours, theirs = agency("4"), agency("5")
    owner = f"Lê {uuid.uuid4().hex}"
    mine, my_number = send(station, f"{ours}.1")
    other, number = send(station, theirs, owner=owner)
    outside = signed_in(server, role=Role.ADMINISTRATOR)
    assert outside.get(file_path(other)).status_code == 200
    words = {"owner": owner, "number": number, "other": theirs}
    insider = signed_in(server, ours, Role.ADMINISTRATOR)
    for path in (page.format(**words) for page in PAGES):
        # What was asked for stands in the form and in addresses; nothing else may.
        shown = re.sub(r'(?:value|href)="[^"]*"', "", insider.get(path).text)
        asked = path.partition("?")[2]
        assert theirs not in shown or theirs in asked, path
        assert not {word for word in (number, owner, other["record_id"]) if word in shown}, path
        assert other["record_id"] not in insider.get(path).text, path
    for path in (f"/progress.xlsx?{TIME}", f"/dossiers.xlsx?{TIME}", f"/dossiers.xlsx?agency={theirs}&{TIME}"):
        found = tables(insider, f"{path}&lang=en")
        found.pop("How it is counted", None)
        cells = {str(cell) for rows in found.values() for row in rows for cell in row}
        assert not {theirs, number} & cells, path
    assert_problem(insider.get(f"/records/{other['record_id']}"), "not-found", 404)
    assert_problem(insider.get(file_path(other)), "not-found", 404)
    assert my_number in insider.get("/records").text
    assert my_number in insider.get(f"/records/{mine['record_id']}").text
    assert insider.get(file_path(mine)).status_code == 200
    assert my_number in insider.get("/access").text
    everything = outside.get(f"/records?q={owner}").text
    assert number in everything
    assert number in outside.get("/access").text


def test_who_decides_sees_what_was_received_elsewhere_and_nothing_else_of_there(server, station, assert_problem):
    desk, deciding, third = agency("4"), agency("5"), agency("6")
    owner = f"Vũ {uuid.uuid4().hex}"
    content = pdf_of(uuid.uuid4().hex)
    station.upload(content)
    who = {"owner": {"name": owner, "id_number": ""}}
    shared = station.manifest(content, dossier={"agency_code": desk, "competent_agency": f"{deciding}.7"} | who)
    number = station.put(shared).json()["dossier_number"]
    unshared, other_number = send(station, desk, owner=owner)

    for place in (desk, deciding, f"{deciding}.7"):
        browser = signed_in(server, place, Role.ADMINISTRATOR)
        for path in ("/records", f"/records?q={owner}", f"/records?q={number}"):
            assert number in browser.get(path).text
        assert f"{deciding}.7" in browser.get(f"/records/{shared['record_id']}").text
        assert browser.get(file_path(shared)).content == content
        assert number in browser.get("/access").text
    for path in ("/records", f"/records?q={owner}", "/access"):
        assert other_number not in browser.get(path).text
    assert "1 hồ sơ" in browser.get(f"/records?q={owner}").text
    assert "1 hồ sơ" in browser.get("/records").text
    assert_problem(browser.get(file_path(unshared)), "not-found", 404)

    for outsider in (signed_in(server, place, Role.ADMINISTRATOR) for place in (third, f"{deciding}.8", f"{deciding}.7.1")):
        for path in ("/records", f"/records?q={owner}", "/access"):
            assert number not in outsider.get(path).text
        assert_problem(outsider.get(f"/records/{shared['record_id']}"), "not-found", 404)
        assert_problem(outsider.get(file_path(shared)), "not-found", 404)


def test_a_dossier_counts_at_the_desk_that_received_it_only(server, station):
    desk, deciding = agency("7"), agency("8")
    content = pdf_of(uuid.uuid4().hex)
    station.upload(content)
    assert station.put(station.manifest(content, dossier={"agency_code": desk, "competent_agency": deciding})).ok
    by_desk = tables(signed_in(server, desk), f"/progress.xlsx?indicator=non_boundary&{TIME}&lang=en")["By agency"]
    assert by_desk[1][4:] == (1, 1, 100)
    assert len(tables(signed_in(server, deciding), f"/progress.xlsx?{TIME}&lang=en")["By agency"]) == 1


def test_stations_show_their_state_within_the_scope(server, station):
    assert put(station, STATUS | {"refused": 3}).status_code == 204
    page = signed_in(server, "H02").get("/stations").text
    assert station.id in page
    assert "Có hồ sơ bị từ chối" in page
    assert "vệt sọc" in page
    assert station.id not in signed_in(server, "H02.1").get("/stations").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_administrators_see_who_opened_what(server, assert_problem, role):
    browser = signed_in(server, role=role)
    assert_problem(browser.get("/access"), "forbidden", 403)
    assert "/access" not in browser.get("/records").text


def test_every_page_is_closed_until_sign_in(server):
    browser = Browser(server)
    for path in ("/progress", "/dossiers", "/progress.xlsx", "/dossiers.xlsx", "/stations", "/access", "/records/12345678"):
        answer = browser.get(path, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), path


def test_search_knows_no_accents_and_any_order(server, station):
    one = agency("6")
    _, number = send(station, one, owner="Đặng Thị Ngọc Ánh")
    browser = signed_in(server, one)
    for words in ("dang anh", "ÁNH đặng", number, number[-11:], "ngoc khai sinh", "anh dan", "024099000001"):
        expected = words != "024099000001"  # the papers of this manifest name no owner
        assert (number in browser.get("/records", params={"q": words}).text.replace(f'value="{words}"', "")) is expected, words
    for words in ("khongcoai", "anh %", "_nh", "'; DROP TABLE facts --", "& | !", "dang:*"):
        assert browser.get("/records", params={"q": words}).status_code == 200
    for words in ("anh khongcoai", "dan anh"):
        assert number not in browser.get("/records", params={"q": words}).text


def test_a_whole_id_number_finds_the_records_with_its_papers(server, station):
    one, owner = agency("0"), f"0240{uuid.uuid4().int % 10**8:08d}"
    content = pdf_of(uuid.uuid4().hex)
    station.upload(content)
    manifest = station.manifest(content, dossier={"agency_code": one})
    manifest["papers"][0]["fields"] = {"owner_id": owner}
    number = station.put(manifest).json()["dossier_number"]
    assert number in signed_in(server).get(f"/records?q={owner}").text
    assert number not in signed_in(server).get(f"/records?q={owner[:-1]}").text
    assert number not in signed_in(server, agency("0")).get(f"/records?q={owner}").text


def test_the_migration_finds_the_same_facts_as_the_acceptance(fresh_server):
    server = fresh_server()
    station = server.enrol()
    first, _ = send(station, "H02.15", result=True)
    send(station, "H02.16", owner="Đỗ Văn Mẫu")
    changed = {"revision": 2, "reason": "bổ sung", "dossier": first["dossier"] | {"absent": {"TP09": "chưa có"}}}
    assert station.put(first | changed).status_code == 201
    with server.centre() as centre:
        before = _everything(centre)
        config = Config()
        config.set_main_option("script_location", "central:migrations")
        with centre.database.engine.execution_options(sohoa_writes=True).begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0006")
        migrate(centre.database.engine)
        assert _everything(centre) == before
    assert len(before[0]) == 2


def _everything(centre) -> tuple[list[dict], list[dict]]:
    def rows(session, table) -> list[dict]:
        columns = [column.name for column in table.__table__.columns]
        found = [{name: getattr(row, name) for name in columns} for row in session.scalars(select(table))]
        return sorted(found, key=lambda row: [str(value) for value in row.values()])

    with centre.database.read() as session:
        # Lines that count nothing any more are not made again.
        return rows(session, Fact), [row for row in rows(session, FactCount) if row["dossiers"]]
