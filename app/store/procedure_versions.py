"""Keeps the versions of procedures that dossiers began with, so that a newer catalogue never changes what was asked for."""

from __future__ import annotations

import hashlib

from pydantic import TypeAdapter

from app.model.procedure import Procedure
from app.store.database import Database
from app.store.tables import ProcedureVersionRow

_PROCEDURE = TypeAdapter(Procedure)


class ProcedureVersionStore:
    """Versions by the hash of their content; each is written once and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Procedure] = {}

    def keep(self, procedure: Procedure) -> str:
        """Keep a version and give its key."""
        content = _PROCEDURE.dump_json(procedure)
        key = hashlib.sha256(content).hexdigest()
        with self._database.write() as session:
            if session.get(ProcedureVersionRow, key) is None:
                session.add(ProcedureVersionRow(id=key, code=procedure.code, content=content.decode()))
        return key

    def get(self, key: str) -> Procedure | None:
        """Give the version of a key; None where there is none."""
        if not key or key in self._known:
            return self._known.get(key)
        with self._database.read() as session:
            row = session.get(ProcedureVersionRow, key)
        if row is None:
            return None
        return self._known.setdefault(key, _PROCEDURE.validate_json(row.content))
