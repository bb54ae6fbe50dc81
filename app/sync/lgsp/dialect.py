"""How a province's system is spoken to, as data: resources/connectors/lgsp.toml, or a file of the province's own."""

from __future__ import annotations

import enum
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.errors import Text
from app.model.vietnamese import fold
from app.sync.errors import DialectBroken, DialectUnreadable
from app.system_words import system_words
from app.toml_files import BadToml, parse
from app.wrong_values import ValueRefused
from resources import resource

_BRACES = Text("trong ngoặc nhọn chỉ dùng được {unit}", "only {unit} may stand in braces")


class Meaning(enum.StrEnum):
    """What an answer means; FAILED is one that nothing is known of."""

    OK = "ok"
    TOKEN_OVER = "token_over"  # noqa: S105 - a meaning, no secret
    CLIENT_REFUSED = "client_refused"
    BUSY = "busy"
    NUMBER_USED = "number_used"
    EXISTS = "exists"
    UNKNOWN_PROCEDURE = "unknown_procedure"
    FIELD_MISSING = "field_missing"
    FAILED = "failed"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(_Part):
    """One step; ``path`` follows the centre's address and may hold ``{unit}``, the receiving unit's code."""

    method: Literal["GET", "POST", "PUT"] = "POST"
    path: str = Field(min_length=1)

    @field_validator("path")
    @classmethod
    def _places_are_known(cls, path: str) -> str:
        try:
            path.format(unit="")
        except (KeyError, IndexError, ValueError):
            raise ValueRefused(_BRACES) from None
        return path.lstrip("/")


class TokenCall(Call):
    """The first step: as an OAuth 2 form (RFC 6749, section 4.4), or as JSON."""

    form: bool = True


class UploadCall(Call):
    """The third step; ``field`` is the form's name for the file."""

    field: str = "files"


class Codes(_Part):
    """Codes of the other system's lists."""

    hash: Literal["sha256", "sha1", "sha512", "md5"] = "sha256"
    copy_kind: int = Field(2, alias="copy")
    channel: int = 1
    person: int = 0
    organisation: int = 1
    received: int = 2
    finished: int = 9
    received_words: str
    finished_words: str


class Times(_Part):
    """How times are written, for strftime; always in Viet Nam's time."""

    dossier: str
    progress: str


class Answered(_Part):
    """An answer that means something: one of these codes, or one of these words somewhere in the message."""

    means: Meaning
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def fits(self, code: str, message: str) -> bool:
        """Say whether an answer is one of these; ``message`` is folded already."""
        return code in self.codes or any(fold(words) in message for words in self.words)


class Answers(_Part):
    """What answers mean; the first that fits counts."""

    ok: tuple[str, ...]
    meanings: tuple[Answered, ...]

    def meaning(self, code: str, message: str) -> Meaning:
        """Say what an error code and its message mean."""
        folded = fold(message)
        return next((one.means for one in self.meanings if one.fits(code, folded)), Meaning.FAILED)


class Dialect(_Part):
    """A whole description; ``source`` says where it is from and how sure it is."""

    name: str
    valid_from: date
    source: str
    token: TokenCall
    number: Call
    upload: UploadCall
    create: Call
    update: Call
    progress: Call
    status: Call
    codes: Codes
    times: Times
    answers: Answers


def load_dialect(file: str = "") -> Dialect:
    """Read a description, the one that ships where no file is named. Raises DialectBroken."""
    path = Path(file) if file else resource("connectors/lgsp.toml")
    try:
        return parse(path.read_bytes(), Dialect)
    except OSError as error:
        raise DialectUnreadable(file=path, what=system_words(error)) from error
    except BadToml as error:
        raise DialectBroken(file=path, line=error.line, what=error.what) from error
