"""What a clerk reads is said in both languages: each text has its translation, and no words of the system slip in between."""

from __future__ import annotations

import ast
import errno
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import SohoaError, Text
from app.system_words import system_words

ROOT = Path(__file__).parents[2]
TREES = {path: ast.parse(path.read_text("utf-8")) for part in ("app", "ui") for path in sorted((ROOT / part).rglob("*.py"))}
# What is called the same in both languages.
SAME = {"Client id", "Tiếng Việt", "English", "Gamma", "mm", "dpi", "bit", "µs", "{names}"}
# Names of files, settings, commands and options, which are no words of a language.
NAMES = re.compile(
    r"“[^”]*”|\{[^}]*\}|--\S+( \S+=\S+)?|\b[\w-]+\.(json|toml|pdf|\w+_\w+|dialect|timeout)\b|thư mục pages|sohoa [\w ]+"
)
ENGLISH = re.compile(
    r"\b(the|or|and|is|not|files?|pages?|with|of|for|be|are|this|it|scanner|record|dossier|number|option|folder|log|token"
    r"|upload|error|line|row|sheet|check|missing|wrong|value|batch|backend|feeder|duplex|worker|spool|outbox|manifest|receipt"
    r"|offline|online|timeout)\b",
    re.IGNORECASE,
)


def _literal(node: ast.expr) -> str | None:
    """Give the text of a literal; what is put in stands in braces."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _texts() -> Iterator[tuple[str, str, str]]:
    for path, tree in TREES.items():
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 2)
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id == "Text":
                vietnamese, english = map(_literal, call.args)
                if vietnamese is not None and english is not None:
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", vietnamese, english


def test_every_text_is_translated() -> None:
    texts = list(_texts())
    assert len(texts) > 800, "the texts are found no longer"
    same = [(place, vi) for place, vi, en in texts if vi == en and vi not in SAME]
    assert not [(place, vi) for place, vi in same if re.search(r"[^\W\d_]{2}", re.sub(r"\{\w*\}", "", vi))]


def test_no_english_is_left_in_the_vietnamese() -> None:
    left = [f"{place}: {vi}" for place, vi, _ in _texts() if vi not in SAME and ENGLISH.search(NAMES.sub("", vi))]
    assert not left


def test_both_languages_are_filled_with_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return {re.sub(r"_(vi|en)$", "", name) for name in re.findall(r"(?<!\{)\{(\w+)[^{}]*\}", text)}

    assert not [f"{place}: {vi}" for place, vi, en in _texts() if places(vi) != places(en)]


def test_the_words_of_the_operating_system_are_translated_in_one_place() -> None:
    raw = []
    for path, tree in TREES.items():
        if path.name == "system_words.py":
            continue
        raw += [
            f"{path}:{node.lineno}" for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "strerror"
        ]
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            if handler.name and handler.type is not None and ast.unparse(handler.type) == "OSError":
                raw += [f"{path}:{node.lineno}" for node in ast.walk(handler) if _prints(node, handler.name)]
    assert not raw


def _prints(node: ast.AST, name: str) -> bool:
    """Say whether the exception of that name is turned into text here."""
    if isinstance(node, ast.FormattedValue):
        return isinstance(node.value, ast.Name) and node.value.id == name
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "repr")
    return call and [ast.unparse(argument) for argument in node.args] == [name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "vietnamese", "english"),
    [
        (errno.ENOENT, "không có tệp", "no such file"),
        (errno.EACCES, "không có quyền", "no permission"),
        (errno.EPERM, "không có quyền", "no permission"),
        (errno.ENOSPC, "đã đầy", "full"),
        (errno.EROFS, "chỉ cho đọc", "only be read"),
        (errno.EIO, "lỗi đọc ghi", "failed to read or write"),
        (errno.EBUSY, "chương trình khác", "another program"),
        (errno.EEXIST, "đã có tệp", "there already"),
        (errno.ENOTDIR, "không phải thư mục", "not a folder"),
        (errno.EISDIR, "không phải tệp", "not a file"),
        (errno.ENAMETOOLONG, "quá dài", "too long"),
        (errno.ETIMEDOUT, "quá lâu", "in time"),
        (errno.ECONNREFUSED, "từ chối kết nối", "refused"),
        (errno.EHOSTUNREACH, "không có đường mạng", "no way"),
        (errno.ENETUNREACH, "không có đường mạng", "no way"),
        (errno.ECONNRESET, "bị cắt", "was cut"),
    ],
)
def test_what_the_system_complains_of_is_said_in_both_languages(code: int, vietnamese: str, english: str) -> None:
    said = system_words(OSError(code, "the system's own words", "/tai-lieu/giay-khai-sinh.pdf"))
    assert vietnamese in said.vi
    assert english in said.en
    assert "own words" not in said.vi + said.en
    assert "giay-khai-sinh" not in said.vi + said.en


def test_an_unknown_error_of_the_system_keeps_its_code_and_words() -> None:
    said = system_words(OSError(9999, "Frobnication failed"))
    assert said.vi == "mã lỗi hệ thống 9999: Frobnication failed"
    assert "9999" in said.en
    assert system_words(OSError()).vi == "lỗi hệ thống OSError"


def test_a_file_that_windows_says_is_open_elsewhere_is_not_called_forbidden() -> None:
    error = OSError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]  # set by Python itself on Windows
    assert system_words(error).vi == "tệp đang mở trong chương trình khác"


def test_a_text_among_the_values_is_said_in_the_same_language_as_it_is() -> None:
    class Trouble(SohoaError):
        title = Text("Lỗi: {what}", "Trouble: {what}")

    error = Trouble(what=Text("ngoặc {nhọn}", "{braces}"))
    assert (error.title_in("vi"), error.title_in("en")) == ("Lỗi: ngoặc {nhọn}", "Trouble: {braces}")
