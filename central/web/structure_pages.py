"""Agencies and targets: what holds, what held and what will, each changed from a day on; for editors of the whole province."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from app.model.validity import Dated, holds
from central import catalogue_editing, dated_editing
from central.catalogue_editing import CatalogueChanged
from central.centre import VIETNAM
from central.dated_editing import NotTaken, Part, Row
from central.indicators import read_indicators
from central.problems import Problem
from central.stations import AGENCY_LENGTH
from central.web.views import View, ViewDep, indicator_names, redirect

PATH = "/catalogue/structure"
_NAME_LENGTH = 300
# Keys of the texts for places in the catalogue.
_LABELS = {name: name for name in ("code", "name", "level", "parent", "successors", "indicator", "targets")}
_LABELS |= {"agencies": "agencies_list", "valid_to": "last_day", "percent": "target"}

router = APIRouter(tags=["pages"])
Name = Annotated[str, Field(max_length=_NAME_LENGTH)]
Code = Annotated[str, Field(max_length=AGENCY_LENGTH)]


class FromPage(BaseModel):
    """What every form says: that it is ours, and from which state of the catalogue it was made."""

    form_token: Annotated[str, Field(max_length=128)] = ""
    basis: Annotated[str, Field(max_length=64)] = ""


class TargetForm(FromPage):
    """A target from a day on; an empty ``valid_from`` means that it always held."""

    level: Name
    indicator: Annotated[str, Field(max_length=64)]
    percent: Annotated[float, Field(ge=0, le=100)]
    due: date
    source: Name = ""
    valid_from: date | None = None


class AgencyForm(FromPage):
    """An agency from a day on; of one that is known, its new name, level or parent."""

    code: Code
    name: Name
    level: Name = ""
    parent: Code = ""
    valid_from: date | None = None


class EndForm(FromPage):
    """The last day of a line of the list; ``successors`` are codes divided by blanks or commas."""

    part: Part
    index: Annotated[int, Field(ge=0, le=1_000_000)]
    last: date
    successors: Annotated[str, Field(max_length=20 * AGENCY_LENGTH)] = ""


def _editor(view: View) -> None:
    if not view.person.may_edit:
        raise Problem("forbidden")


def _page(view: View, *, status: int = 200, message: str = "", typed: FromPage | None = None) -> Response:
    today = view.centre.clock().astimezone(VIETNAM).date()
    known = view.catalogue
    response = view.page(
        "structure.html",
        basis=catalogue_editing.fingerprint(view.centre),
        targets=sorted(enumerate(known.targets), key=lambda item: (not holds(item[1], today), -item[1].due.toordinal())),
        agencies=sorted(enumerate(known.agencies), key=lambda item: (not holds(item[1], today), item[1].code)),
        levels=[level.name for level in known.levels],
        indicators=read_indicators(view.centre.settings.indicators),
        names=indicator_names(view),
        state=lambda item: _state(item, today),
        today=today,
        message=message,
        typed=typed,
        typed_form=type(typed).__name__,
    )
    response.status_code = status
    return response


def _state(item: Dated, today: date) -> str:
    if holds(item, today):
        return "holds"
    return "ended" if item.valid_to is not None and item.valid_to < today else "coming"


def _changed(view: View, form: FromPage, change: Callable[[], None]) -> Response:
    view.check_form(form.form_token)
    _editor(view)
    try:
        change()
    except CatalogueChanged:
        return _page(view, status=409, message=f"{view.texts('catalogue_changed')} {view.texts('choose_again')}")
    except NotTaken as error:
        place, reason = error.fault
        shown = view.texts("not_taken", place=_in_words(view, place), reason=getattr(reason, view.language))
        return _page(view, status=422, message=shown, typed=form)
    return redirect(PATH, view.language)


def _in_words(view: View, place: str) -> str:
    """Say a place such as ``agencies[3] (H02.78).parent`` as the label of its field and the code."""
    found = re.fullmatch(r"(targets|agencies)\[\d+\](?: \((.*)\))?(?:\.(\w+))?", place)
    if found is None:
        return place
    part, code, field = found.groups()
    label = view.texts(_LABELS.get(field) or _LABELS[part])
    return f"{label} ({code})" if code else label


@router.get(PATH)
def get_structure_page(view: ViewDep) -> Response:
    """Show agencies and targets with their days."""
    _editor(view)
    return _page(view)


@router.post(f"{PATH}/targets")
def post_target(view: ViewDep, form: Annotated[TargetForm, Form()]) -> Response:
    """Set a target from a day on."""
    known = {indicator.code for indicator in read_indicators(view.centre.settings.indicators)}
    if form.indicator not in known:
        raise Problem("invalid", "There is no such indicator")
    return _changed(view, form, lambda: _put(view, form, "targets"))


@router.post(f"{PATH}/agencies")
def post_agency(view: ViewDep, form: Annotated[AgencyForm, Form()]) -> Response:
    """Add an agency, or change its name, level or parent, from a day on."""
    return _changed(view, form, lambda: _put(view, form, "agencies"))


@router.post(f"{PATH}/ends")
def post_end(view: ViewDep, form: Annotated[EndForm, Form()]) -> Response:
    """Say until which day a target or an agency holds, and who takes the agency's work over."""
    successors = re.findall(r"[^\s,;]+", form.successors) if form.part == "agencies" else []
    return _changed(
        view,
        form,
        lambda: dated_editing.end(view.centre, view.person, form.basis, form.part, form.index, form.last, successors),
    )


def _put(view: View, form: TargetForm | AgencyForm, part: Part) -> None:
    row: Row = form.model_dump(mode="json", exclude={"form_token", "basis"})
    row = {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}
    if part == "agencies":
        row["parent"] = row["parent"] or None
    dated_editing.put(view.centre, view.person, form.basis, part, row)
