"""``sohoa-central import``."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Text
from app.files import write_whole
from app.model.sealed import SealBroken
from app.usage import WrongUse
from central.api import open_uploads
from central.commands.shared import DataOption, ExitCode, FilesOption, JsonOption, KeyOption, UrlOption, fail, opened_centre
from central.importing import RECEIPTS_FORMAT, Imported, import_package
from central.manifests import RECEIPT
from central.uploads import Uploads

# Whoever carries the disk back is not the account that the centre runs under, whose files are its own otherwise.
_FOR_THE_STATION = 0o644


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            exists=True, help="Thư mục có gói niêm phong, hoặc một gói / a folder with sealed packages, or one of them."
        ),
    ],
    data: DataOption,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    signing_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Nhận gói mà các trạm xuất ra đĩa; biên nhận ghi cạnh mỗi gói / take in what stations exported to a disk."""
    packages = sorted(source.glob("*.sealed")) if source.is_dir() else [source]
    if not packages:
        raise WrongUse(Text(f"không có gói .sealed nào trong {source}", f"there is no .sealed package in {source}"), "source")
    broken = []
    done: list[dict[str, object]] = []
    with opened_centre(data, database_url, files_url, signing_key) as centre:
        uploads = Uploads(centre, open_uploads(centre.settings))
        try:
            for package in packages:
                try:
                    done.append(_take(uploads, package))
                except SealBroken:
                    broken.append(package.name)
        finally:
            uploads.counter.close()
    if as_json:
        typer.echo(json.dumps({"packages": done, "broken": broken}, ensure_ascii=False))
    for one in [] if as_json else done:
        typer.echo("  ".join(f"{key}={value}" for key, value in one.items()))
    if broken:
        names = ", ".join(broken)
        fail(
            ExitCode.DAMAGED,
            Text(f"Gói không mở được: {names}", f"Packages that cannot be opened: {names}"),
            Text(
                "Gói hỏng, chép thiếu, hoặc không phải của trạm đã ghi danh ở đây: xuất lại ở trạm rồi nhập lại.",
                "Damaged, copied in part, or not of a station enrolled here: export again at the station, then import again.",
            ),
        )


def _take(uploads: Uploads, package: Path) -> dict[str, object]:
    imported = import_package(uploads, package)
    target = package.with_suffix(".receipts.json")
    write_whole(target, _receipts(imported))
    with contextlib.suppress(PermissionError):  # a disk that keeps no rights, as FAT, lets everybody read
        target.chmod(_FOR_THE_STATION)
    counts = {"new": imported.new, "receipts": len(imported.receipts), "refused": len(imported.refused)}
    return {"package": package.name, "station_id": imported.station_id, **counts, "file": target.name}


def _receipts(imported: Imported) -> bytes:
    said = {
        "format": RECEIPTS_FORMAT,
        "receipts": [RECEIPT.dump_python(receipt, mode="json") for receipt in imported.receipts],
        "refused": [asdict(refusal) for refusal in imported.refused],
    }
    return json.dumps(said, indent=1).encode()
