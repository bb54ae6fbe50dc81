"""The catalogue: what is in force, files read in, non-boundary procedures chosen, earlier states."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi import Path as PathParameter

from app.catalogues.files import FileRefused
from app.catalogues.reading import Reading
from central import catalogue_editing
from central.catalogue_editing import CatalogueChanged, UnknownCodes
from central.centre import VIETNAM
from central.problems import Problem
from central.web.views import View, ViewDep, indicator_names, redirect

_MOST_VERSIONS = 30
_HIGHEST_VERSION = 1_000_000_000
_MOST_TEXT = 500_000
_MOST_SHOWN, _LONGEST_CODE = 20, 30

router = APIRouter(tags=["pages"])
FormToken = Annotated[str, Form(max_length=128)]


def _editor(view: View) -> None:
    if not view.person.may_edit:
        raise Problem("forbidden")


def _page(
    view: View,
    *,
    status: int = 200,
    report: Reading | None = None,
    message: tuple[str, str] = ("", ""),
    typed: str | None = None,
) -> Response:
    made = [
        (version, version.made_at.astimezone(VIETNAM)) for version in catalogue_editing.versions(view.centre, _MOST_VERSIONS)
    ]
    response = view.page(
        "catalogue.html",
        catalogue=view.catalogue,
        names=indicator_names(view),
        basis=catalogue_editing.fingerprint(view.centre),
        versions=made,
        report=report,
        message=message,
        typed=typed,
    )
    response.status_code = status
    return response


def _changed(view: View) -> Response:
    return _page(view, status=409, message=(view.texts("catalogue_changed"), view.texts("choose_again")))


@router.get("/catalogue")
def get_catalogue_page(view: ViewDep) -> Response:
    """Show the catalogue in force with what can be changed; for editors of the whole province."""
    _editor(view)
    return _page(view)


@router.post("/catalogue/files")
def post_file(
    view: ViewDep,
    file: Annotated[UploadFile, File()],
    form_token: FormToken = "",
    action: Annotated[str, Form(pattern="^(check|import)$")] = "check",
) -> Response:
    """Read a file in, or only check it; either way say what was taken and what was refused."""
    view.check_form(form_token)
    _editor(view)
    name = PurePath(file.filename or "").name[:120]
    try:
        report = catalogue_editing.import_file(view.centre, view.person, name, file.file.read(), check_only=action == "check")
    except FileRefused as error:
        language = view.language
        return _page(view, status=422, message=(error.title_in(language), error.remedy_in(language)))
    except CatalogueChanged:
        return _changed(view)
    fresh = View(view.request, view.centre, view.person, view.language)
    return _page(fresh, report=report, message=("", action))


@router.post("/catalogue/non-boundary")
def post_non_boundary(
    view: ViewDep,
    form_token: FormToken = "",
    basis: Annotated[str, Form(max_length=64)] = "",
    codes: Annotated[str, Form(max_length=_MOST_TEXT)] = "",
) -> Response:
    """Choose the procedures that any desk may receive: their codes, divided by blanks, commas or line ends."""
    view.check_form(form_token)
    _editor(view)
    try:
        catalogue_editing.choose_non_boundary(view.centre, view.person, basis, re.findall(r"[^\s,;]+", codes))
    except CatalogueChanged:
        return _changed(view)
    except UnknownCodes as error:
        shown = ", ".join(code[:_LONGEST_CODE] for code in error.codes[:_MOST_SHOWN])
        words = view.texts("codes_unknown", codes=shown), view.texts("codes_remedy")
        return _page(view, status=422, message=words, typed=codes)
    return redirect("/catalogue", view.language)


@router.post("/catalogue/versions/{number}")
def post_version(
    view: ViewDep, number: Annotated[int, PathParameter(ge=1, le=_HIGHEST_VERSION)], form_token: FormToken = ""
) -> Response:
    """Make an earlier state the newest again."""
    view.check_form(form_token)
    _editor(view)
    if not catalogue_editing.restore(view.centre, view.person, number):
        raise Problem("not-found")
    return redirect("/catalogue", view.language)
