"""Every kind of page that we make, before an independent judge of PDF/A-2b: veraPDF."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray

from app.model.page_findings import PageText
from app.output.packing import pack
from app.output.pdfa import PdfMetadata, PdfPage, write_pdfa

ROOT = Path(__file__).parents[3]
TITLES = ('Tờ khai "đăng ký" <khai sinh> & nhận cha, mẹ', "]]>&amp;<x/>", "Ủỷ Ẵẵ Đđ Ựự", "'\"\\()<>[]{}/%")
Judge = Callable[[Sequence[Path]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Gives what veraPDF says of each file. It is fetched once, by installer/verapdf.sh."""
    if not (shutil.which("java") and shutil.which("mvn")):
        if os.environ.get("CI"):
            pytest.fail("CI must have Java and Maven, or conformance is not checked")
        pytest.skip("veraPDF needs Java and Maven")
    subprocess.run([ROOT / "installer" / "verapdf.sh"], check=True)
    script = Path(__file__).with_name("conformance.js")

    def say(paths: Sequence[Path]) -> list[dict[str, Any]]:
        command = ["java", "-cp", f"{ROOT}/.venv/verapdf/*", "org.mozilla.javascript.tools.shell.Main", script, *paths]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        assert len(said) == len(paths)
        return [json.loads(line) for line in said]

    return say


def drawn_page(*, gray: bool, seal: bool = True) -> NDArray[np.uint8]:
    """Draw A5 at 150 dpi with print, and a red seal (dark in gray) where it is asked for."""
    page = np.full((1240, 874, 3), (225, 240, 245), np.uint8)
    for row in range(100, 800, 60):
        cv2.putText(page, "Giay to so 0123456789", (80, row), cv2.FONT_HERSHEY_COMPLEX, 1.0, (40, 40, 40), 2)
    if seal:
        cv2.circle(page, (600, 950), 100, (60, 50, 210), 6)
        cv2.circle(page, (600, 950), 30, (60, 50, 210), -1)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8) if gray else page


def test_every_kind_of_page_conforms(
    tmp_path: Path, judge: Judge, make_page: Callable[..., PdfPage], metadata: PdfMetadata
) -> None:
    words = make_page().text
    assert words is not None
    words = PageText(words.words, 874, 1240, "drawn")
    kinds = {
        f"{way}-{'gray' if gray else 'colour'}-{'seal' if seal else 'plain'}": [
            PdfPage.from_layers(pack(drawn_page(gray=gray, seal=seal), 150, way), words)
        ]
        for way in ("faithful", "layered", "bitonal")
        for gray in (False, True)
        for seal in (False, True)
    }
    blank = np.full((300, 200), 250, np.uint8)
    kinds["blank-bitonal"] = [PdfPage.from_layers(pack(blank, 150, "bitonal"))]
    kinds["blank-layered"] = [PdfPage.from_layers(pack(blank, 150, "layered"))]
    kinds["mixed"] = [page for pages in kinds.values() for page in pages] + [make_page(), make_page(gray=True, text=False)]
    paths = []
    for number, (name, pages) in enumerate(kinds.items()):
        paths.append(tmp_path / f"{name}.pdf")
        write_pdfa(paths[-1], pages, replace(metadata, title=TITLES[number % len(TITLES)]))
    verdicts = {path.stem: said["broken"] for path, said in zip(paths, judge(paths), strict=True)}
    assert verdicts == {name: [] for name in kinds}


def test_the_judge_sees_what_is_wrong(tmp_path: Path, judge: Judge, make_page: Callable[..., PdfPage]) -> None:
    path = tmp_path / "a.pdf"
    write_pdfa(path, [make_page()], PdfMetadata("a", datetime.now().astimezone(), "a"))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root.OutputIntents
        pdf.save(path)
    (said,) = judge([path])
    assert not said["compliant"]
    assert said["broken"]
