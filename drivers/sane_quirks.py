"""What SANE devices call things and how they differ, as one table: names, values, and sizes that cannot be.

Each row is a shape that some driver really has; tests/drivers/shapes holds a device for each. Names are compared in
small letters.
"""

from __future__ import annotations

from drivers.contract import ColorMode, Source

# --- names of the options that every scan sets, the usual one first --------------------------------

SOURCE_OPTIONS = ("source", "doc-source", "document-source", "scan-source")
MODE_OPTIONS = ("mode", "image-type", "color-mode", "scan-mode")
DEPTH_OPTIONS = ("depth", "bit-depth")
RESOLUTION_OPTIONS = ("resolution", "x-resolution", "scan-resolution", "dpi")
# Where there are two, the second one does not follow the first by itself.
SECOND_RESOLUTIONS = ("y-resolution",)
# How drivers tell paper of a feeder; it limits the area, so it comes before it.
FEEDER_PAPER = ("page-width", "page-height")
# A preset keeps the area from being set until it is "the user's own".
PAPER_PRESETS = ("paper-size", "scan-area", "page-size", "media-size")
OWN_PAPER_WORDS = ("user", "custom", "manual", "undefined")

# --- what sources and modes are called -------------------------------------------------------------

# Whole names. "Auto" lets the device choose: the clerk could not tell what it will do.
_SOURCES: dict[str, Source | None] = {
    "auto": None,
    "automatic": None,
    "auto select": None,
    "automatic selection": None,
    "automatisch": None,
    "自动": None,
    "fb": Source.FLATBED,
    "adf": Source.FEEDER,
    "duplex": Source.DUPLEX,
}
# Parts of names; the first row that matches counts.
_SOURCE_WORDS: tuple[tuple[Source | None, tuple[str, ...]], ...] = (
    (None, ("adf back", "transparen", "negative", "slide", "film", "card", "durchlicht", "diapositiv", "tma", "tpu")),
    (
        Source.DUPLEX,
        ("duplex", "both sides", "double-sided", "double sided", "two-sided", "beidseitig", "recto-verso", "recto verso",
         "dos caras", "doble cara", "fronte-retro", "fronte/retro", "frente e verso", "双面", "hai mặt"),
    ),
    (None, ("back", "rückseite", "verso", "retro", "reverso", "mặt sau")),
    (
        Source.FEEDER,
        ("adf", "feeder", "einzug", "chargeur", "alimentador", "alimentatore", "front", "sheetfed", "sheet-fed", "sheet fed",
         "podajnik", "送稿", "进纸", "进稿", "khay nạp"),
    ),
    (
        Source.FLATBED,
        ("flatbed", "flat bed", "platen", "normal", "flachbett", "vorlagenglas", "plateau", "à plat", "vitre", "cama plana",
         "piano", "vidro", "glass", "document table", "reflective", "平板", "mặt kính"),
    ),
)  # fmt: skip
_MODE_WORDS: tuple[tuple[ColorMode | None, tuple[str, ...]], ...] = (
    # Sixteen bits a sample would come garbled, dots and lines of colour are no use.
    (None, ("halftone", "diffusion", "dither", "infrared", "color lineart", "auto", "48", "16 bit", "16bit", "raw")),
    (
        ColorMode.BITONAL,
        ("lineart", "line art", "black & white", "black and white", "black/white", "binary", "bitonal", "monochrome", "1-bit",
         "thresholded", "schwarzweiss", "schwarz-weiss", "noir et blanc", "blanco y negro", "黑白", "đen trắng"),
    ),
    (ColorMode.COLOR, ("color", "colour", "rgb", "farb", "couleur", "colore", "cor ", "彩色", "màu")),
    (ColorMode.GRAY, ("gray", "grey", "grau", "gris", "grigi", "cinza", "灰", "xám")),
)  # fmt: skip

# --- both sides where no source says so --------------------------------------------------------------

DUPLEX_SWITCHES = ("duplex", "adf-mode", "adf-duplex", "both-sides", "double-sided", "sides", "scan-both-sides")
DUPLEX_WORDS = ("duplex", "both", "double", "two", "on", "yes")
SIMPLEX_WORDS = ("simplex", "single", "one", "front", "off", "no")
# A driver without a source option that has one of these draws sheets in.
FEEDER_SIGNS = ("feeder-mode", "feed-timeout", "manual-feed", "manualfeed", "adf-mode", "df-length", "rollerdeskew")

# --- values that keep the house's promises -----------------------------------------------------------

# By option: what it is set to at the glass and at the feeder ("" leaves it). A profile's own option goes first.
SAFE_VALUES: dict[str, tuple[str, str]] = {
    "preview": ("no", "no"),
    # Without it some feeders stop after one sheet.
    "batch-scan": ("no", "yes"),
    "feeder-mode": ("", "continuous"),
    # The clerk has pressed Scan already; waiting for the device's own button looks like a hang.
    "wait-for-button": ("no", "no"),
    "button-controlled": ("no", "no"),
    # A page is never dropped by a machine: blank ones are marked in the window.
    "swskip": ("0", "0"),
    "blank-page-skip": ("no", "no"),
    "skip-blank-pages": ("no", "no"),
    "blankpageskip": ("no", "no"),
}

# --- sizes that cannot be ------------------------------------------------------------------------------

# Shortest and longest reach in millimetres that a document scanner may have; anything else is a driver's slip.
WIDTHS_MM, HEIGHTS_MM = (50.0, 1000.0), (50.0, 6100.0)
# Sheets lie in the middle of these feeders, so that the corner of a small one is not at the origin.
CENTRED_WORDS = ("centrally aligned", "center aligned", "centre aligned", "centered", "zentriert")


def source_of(name: str) -> Source | None:
    """Give the source that a device calls ``name``; None for one that takes no sheets of paper or chooses by itself."""
    small = name.casefold().strip()
    if small in _SOURCES:
        return _SOURCES[small]
    return next((source for source, words in _SOURCE_WORDS if any(word in small for word in words)), None)


def mode_of(name: str) -> ColorMode | None:
    """Give the mode that a device calls ``name``; None for one this program has no use for."""
    small = f"{name.casefold().strip()} "
    return next((mode for mode, words in _MODE_WORDS if any(word in small for word in words)), None)


def is_centred(source_name: str) -> bool:
    """Say whether sheets lie in the middle of this source."""
    return any(word in source_name.casefold() for word in CENTRED_WORDS)
