"""A paper (giấy tờ): one digitised document of a dossier and what is known about it (TT 01/2023/TT-VPCP Art. 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class PaperFields:
    """The data of Art. 9: empty text or None where a field is not known or does not apply.

    ``kind_code``: code of the kind of paper or result. ``owner_id``: personal ID or an organisation's code. ``number``:
    số, ký hiệu. ``scope``: where it is valid. ``unlimited``: valid without an end. ``in_force``: whether it was said to be
    still in force when it was digitised, None where nobody said.
    """

    kind_code: str = ""
    owner_name: str = ""
    owner_id: str = ""
    title: str = ""
    number: str = ""
    issued_on: date | None = None
    issued_at: str = ""
    issuer: str = ""
    signer: str = ""
    summary: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    unlimited: bool = False
    in_force: bool | None = None
    scope: str = ""

    def in_force_on(self, day: date) -> bool | None:
        """Say whether the paper is valid on that day; None where it does not say how long it is."""
        if self.in_force is False:
            return False
        if self.valid_from is not None and day < self.valid_from:
            return False
        if self.valid_to is not None:
            return day <= self.valid_to
        return True if self.unlimited else self.in_force


@dataclass(frozen=True)
class Paper:
    """A paper of a dossier under one component.

    ``sheets`` and ``sides``: how many sheets the clerk counted in the hand and how many sides of them are printed (1 or
    2), 0 where not counted. ``absence``: why a required paper is not there.
    """

    dossier_id: str
    component: str
    fields: PaperFields = field(default_factory=PaperFields)
    sheets: int = 0
    sides: int = 0
    absence: str = ""

    @property
    def expected_images(self) -> int:
        """How many images the counted sheets give (TT 01/2023 Art. 8: as many as there are pages); 0 where not counted."""
        return self.sheets * (self.sides or 1)
