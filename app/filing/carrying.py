"""Carries papers that did not change from one revision of a dossier to the next: the same file, not one made anew.

A file that was signed or accepted stays as it is, and the centre has it already, so it is not sent again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.files import sha256_of
from app.model.dossier import Dossier
from app.model.manifest import Manifest, ManifestFile, ManifestPage, ManifestPaper
from app.output.manifest import BrokenManifest, parse_manifest


@dataclass(frozen=True)
class Earlier:
    """The revision before this one, and the folder with its files."""

    manifest: Manifest
    folder: Path


def read_earlier(path: Path) -> Earlier | None:
    """Read the revision whose manifest lies at ``path``; None where it is gone or damaged: papers are made anew then."""
    try:
        return Earlier(parse_manifest(path.read_bytes()), path.parent)
    except (OSError, BrokenManifest):
        return None


def unchanged(
    earlier: Earlier | None, dossier: Dossier, component: str, title: str, pages: Sequence[ManifestPage]
) -> ManifestPaper | None:
    """Give the earlier paper whose file would come out the same: same number, procedure, title, pages and cuts."""
    if earlier is None:
        return None
    was = earlier.manifest.dossier
    if (was.number, was.procedure_code, was.procedure_name) != (dossier.number, dossier.procedure_code, dossier.procedure_name):
        return None
    paper = next((item for item in earlier.manifest.papers if item.component_code == component), None)
    if paper is None or paper.title != title or [_cut(page) for page in paper.pages] != [_cut(page) for page in pages]:
        return None
    return paper


def bring(earlier: Earlier, paper: ManifestPaper, path: Path) -> ManifestFile | None:
    """Put the earlier paper's file at ``path``; None, and nothing there, where it is not what its manifest says."""
    source = earlier.folder / paper.file.name
    try:
        if sha256_of(source) != paper.file.sha256:
            return None
        try:
            os.link(source, path)
        except OSError:
            shutil.copyfile(source, path)
    except FileNotFoundError:
        return None
    return ManifestFile(path.name, paper.file.sha256, paper.file.size, paper.file.media_type)


def _cut(page: ManifestPage) -> tuple[object, ...]:
    """What a page of the PDF is made of. Pages of the first version say nothing of their cut, so they never are the same."""
    return (page.page_id, page.original_sha256, page.quad or object(), page.turn)
