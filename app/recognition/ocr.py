"""Reading text: the one module that reaches Tesseract, in process (tesserocr) or by its program (pytesseract)."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import ExitCode, MustStop, Text
from app.model.page_findings import Word
from app.pixels import shrink
from app.recognition.preparation import READING_DPI, prepare

Gray = NDArray[np.uint8]
EngineName = Literal["tesserocr", "pytesseract"]
Preferred = Literal["auto", "tesserocr", "pytesseract"]

LANGUAGE = "vie"
_NEEDED = (LANGUAGE, "osd")
_AUTO = 3
_ONE_LINE = 7
_SCATTERED = 11
_OSD_ONLY = 0
# Pictures of one line are read at this resolution: lone figures are read better than at 200 dpi, and much better than at 300.
LINE_DPI = 150
_WORD_LEVEL = "5"

_REMEDY = Text(
    "Nhờ người quản trị cài: sudo apt-get install tesseract-ocr tesseract-ocr-vie. Trang vẫn quét và lưu được.",
    "Have the administrator install it: sudo apt-get install tesseract-ocr tesseract-ocr-vie. Pages can be scanned meanwhile.",
)


class EngineMissing(MustStop):
    """Neither way to call Tesseract is installed."""

    title: ClassVar[Text] = Text("Chưa cài chương trình đọc chữ Tesseract", "The text reader Tesseract is not installed")
    remedy: ClassVar[Text] = _REMEDY
    exit_code: ClassVar[ExitCode] = ExitCode.UNHEALTHY


class LanguageMissing(MustStop):
    """Tesseract is there but cannot read Vietnamese, or cannot tell which way a page is turned."""

    title: ClassVar[Text] = Text("Tesseract thiếu dữ liệu: {missing}", "Tesseract lacks the data: {missing}")
    remedy: ClassVar[Text] = _REMEDY
    exit_code: ClassVar[ExitCode] = ExitCode.UNHEALTHY


class Engine(Protocol):
    """A reader of text."""

    name: str

    def read_words(self, gray: Gray, dpi: int) -> list[Word]:
        """Read an upright page (gray: uint8, height x width; dpi: dots per inch); words in reading order.

        Boxes are in pixels of ``gray``; the text is NFC.
        """
        ...

    def read_scattered(self, part: Gray, dpi: int) -> list[Word]:
        """Read a part of a page on which words stand anywhere, as beside a seal; see ``read_words``."""
        ...

    def read_lines(self, lines: Sequence[Gray]) -> list[list[Word]]:
        """Read pictures of one line each (uint8, height x width, dark on white, ``LINE_DPI``); the words of each.

        Boxes are in pixels of the line's picture.
        """
        ...

    def read_orientation(self, gray: Gray) -> tuple[int, float]:
        """Tell how far the content is turned clockwise (0, 90, 180, 270) and how surely (15 is sure, 0 unknown)."""
        ...


@dataclass(frozen=True)
class FoundEngine:
    """What is installed: the way to call Tesseract, and the folder of its language data."""

    name: EngineName
    tessdata: Path


def find_tessdata(environ: Mapping[str, str] = os.environ) -> Path:
    """Find the folder with Tesseract's data for Vietnamese and for orientation; raises LanguageMissing."""
    folders = [Path(environ["TESSDATA_PREFIX"])] if environ.get("TESSDATA_PREFIX") else []
    folders += [folder / "tessdata" for folder in folders]
    folders += sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True)
    folders.append(Path("/usr/share/tessdata"))
    program = shutil.which("tesseract", path=environ.get("PATH"))
    if program:
        folders.append(Path(program).parent / "tessdata")
    missing: list[str] = list(_NEEDED)
    for folder in folders:
        lacking = [name for name in _NEEDED if not (folder / f"{name}.traineddata").is_file()]
        if not lacking:
            return folder
        missing = min(missing, lacking, key=len)
    raise LanguageMissing(missing=", ".join(missing))


def find_engine(preferred: Preferred = "auto", environ: Mapping[str, str] = os.environ) -> FoundEngine:
    """Find a way to call Tesseract, the loaded one first; raises EngineMissing or LanguageMissing."""
    there: dict[EngineName, bool] = {
        "tesserocr": importlib.util.find_spec("tesserocr") is not None,
        "pytesseract": importlib.util.find_spec("pytesseract") is not None
        and shutil.which("tesseract", path=environ.get("PATH")) is not None,
    }
    for name, is_there in there.items():
        if is_there and preferred in ("auto", name):
            return FoundEngine(name, find_tessdata(environ))
    raise EngineMissing


def choose_engine(preferred: Preferred = "auto") -> Engine:
    """Open the preferred reader, or with "auto" the best one installed; raises EngineMissing or LanguageMissing."""
    found = find_engine(preferred)
    return TesserocrEngine(found.tessdata) if found.name == "tesserocr" else PytesseractEngine(found.tessdata)


class TesserocrEngine:
    """Tesseract inside this process: its data is loaded once, at the first page. Calls from threads take turns."""

    name = "tesserocr"

    def __init__(self, tessdata: Path) -> None:
        self._tessdata = tessdata
        self._reader: Any = None
        self._turn = threading.Lock()

    def _open(self, language: str, mode: int) -> Any:
        import tesserocr

        # Leptonica prints its own remarks on empty regions to the console; they are about no error.
        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        return tesserocr.PyTessBaseAPI(path=f"{self._tessdata}{os.sep}", lang=language, psm=mode)

    def read_words(self, gray: Gray, dpi: int) -> list[Word]:
        """See ``Engine.read_words``."""
        page = prepare(gray, dpi)
        with self._turn:
            return _words(self._table(page.gray, _AUTO, READING_DPI), page.factor)

    def read_scattered(self, part: Gray, dpi: int) -> list[Word]:
        """See ``Engine.read_scattered``."""
        factor = min(1.0, READING_DPI / dpi)
        with self._turn:
            return _words(self._table(shrink(part, factor), _SCATTERED, READING_DPI), factor)

    def read_lines(self, lines: Sequence[Gray]) -> list[list[Word]]:
        """See ``Engine.read_lines``."""
        with self._turn:
            return [_words(self._table(line, _ONE_LINE, LINE_DPI), 1.0) for line in lines]

    def _table(self, gray: Gray, mode: int, dpi: int) -> str:
        if self._reader is None:
            self._reader = self._open(LANGUAGE, _AUTO)
        api = self._reader
        api.SetPageSegMode(mode)
        _hand_over(api, gray)
        api.SetSourceResolution(dpi)
        table: str = api.GetTSVText(0)
        api.Clear()
        return table

    def read_orientation(self, gray: Gray) -> tuple[int, float]:
        """See ``Engine.read_orientation``."""
        # Few pages ask for it, and it would hold 34 MB more than the reader does.
        with self._turn, self._open("osd", _OSD_ONLY) as api:
            _hand_over(api, gray)
            found = api.DetectOrientationScript()
        return (int(found["orient_deg"]), float(found["orient_conf"])) if found else (0, 0.0)


def _hand_over(api: Any, gray: Gray) -> None:
    height, width = gray.shape
    api.SetImageBytes(gray.tobytes(), width, height, 1, width)


class PytesseractEngine:
    """Tesseract as a program, started for every page: slower, but it works wherever the program is installed."""

    name = "pytesseract"

    def __init__(self, tessdata: Path) -> None:
        self._tessdata = tessdata
        # Debian's build spreads one page over all cores and loses two thirds of them to waiting; pytesseract hands
        # this process's environment on to the program.
        os.environ["OMP_THREAD_LIMIT"] = "1"

    def _options(self, mode: int, dpi: int) -> str:
        return f'--tessdata-dir "{self._tessdata}" --psm {mode} --dpi {dpi}'

    def read_words(self, gray: Gray, dpi: int) -> list[Word]:
        """See ``Engine.read_words``."""
        import pytesseract
        from PIL import Image

        page = prepare(gray, dpi)
        table = pytesseract.image_to_data(Image.fromarray(page.gray), LANGUAGE, self._options(_AUTO, READING_DPI))
        return _words(table, page.factor)

    def read_scattered(self, part: Gray, dpi: int) -> list[Word]:
        """See ``Engine.read_scattered``."""
        import pytesseract
        from PIL import Image

        factor = min(1.0, READING_DPI / dpi)
        small = Image.fromarray(shrink(part, factor))
        return _words(pytesseract.image_to_data(small, LANGUAGE, self._options(_SCATTERED, READING_DPI)), factor)

    def read_lines(self, lines: Sequence[Gray]) -> list[list[Word]]:
        """See ``Engine.read_lines``; one start of the program reads them all."""
        import pytesseract
        from PIL import Image

        if not lines:
            return []
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{number}.png") for number in range(len(lines))]
            for path, line in zip(paths, lines, strict=True):
                Image.fromarray(line).save(path)
            listed = Path(folder, "lines.txt")
            listed.write_text("\n".join(map(str, paths)), "utf-8")
            table = pytesseract.image_to_data(str(listed), LANGUAGE, self._options(_ONE_LINE, LINE_DPI))
        rows = table.splitlines()
        pages = ([row for row in rows if row.split("\t")[1:2] == [str(number)]] for number in range(1, len(lines) + 1))
        return [_words("\n".join(page), 1.0) for page in pages]

    def read_orientation(self, gray: Gray) -> tuple[int, float]:
        """See ``Engine.read_orientation``."""
        import pytesseract
        from PIL import Image

        try:
            found = pytesseract.image_to_osd(
                Image.fromarray(gray), config=self._options(_OSD_ONLY, READING_DPI), output_type=pytesseract.Output.DICT
            )
        except pytesseract.TesseractError:
            # The program ends with an error where it sees too few letters.
            return 0, 0.0
        return int(found["orientation"]), float(found["orientation_conf"])


def _words(table: str, factor: float) -> list[Word]:
    """Read Tesseract's table of tab-separated values; ``factor`` is how much the page was reduced before reading."""
    words: list[Word] = []
    line, last = 0, None
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        place = tuple(cells[1:5])
        if last is not None and place != last:
            line += 1
        last = place
        left, top, width, height = (float(cell) / factor for cell in cells[6:10])
        text = unicodedata.normalize("NFC", cells[11].strip())
        words.append(Word(text, (left, top, left + width, top + height), max(0.0, float(cells[10])), line))
    return words
