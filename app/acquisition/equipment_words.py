"""What a check of a scanner says to people."""

from __future__ import annotations

from app.errors import Text
from app.model.equipment import EquipmentCheck, Trouble

TROUBLES = {
    Trouble.RESOLUTION: Text(
        "Chữ nhỏ sẽ mờ: lau kính và gương, đặt giấy sát kính; nếu vẫn vậy, máy chỉ phóng ảnh từ độ phân giải thấp hơn.",
        "Small print will blur: clean glass and mirror, lay the paper flat; if it stays, the picture is an enlarged one.",
    ),
    Trouble.SCALE: Text(
        "Kích thước sai: in lại tờ kiểm tra ở tỉ lệ 100% rồi quét lại; nếu vẫn vậy, gọi bảo hành (con lăn mòn).",
        "Sizes are wrong: print the sheet again at 100 % and scan it; if it stays, call service (worn rollers).",
    ),
    Trouble.SKEW: Text(
        "Giấy vào lệch: chỉnh hai thanh dẫn giấy sát mép giấy, lau con lăn.",
        "The paper goes in askew: set the paper guides close to it, clean the rollers.",
    ),
    Trouble.STREAKS: Text(
        "Có vệt: lau dải kính hẹp của khay nạp bằng khăn mềm hơi ẩm.",
        "There are streaks: wipe the feeder's narrow strip of glass with a soft, slightly damp cloth.",
    ),
    Trouble.COLOUR: Text(
        "Giấy trắng bị ám màu: chạy chức năng cân chỉnh (calibration) của máy; dùng đúng giấy trắng.",
        "White paper comes out tinted: run the scanner's calibration; use plain white paper.",
    ),
    Trouble.SPEED: Text(
        "Chậm hơn công bố: dùng cổng USB 3 hoặc mạng dây, giảm độ phân giải, tắt xử lý ảnh trong máy.",
        "Slower than claimed: use USB 3 or a cable network, a lower resolution, no processing in the scanner.",
    ),
}
_TINTS = {
    "blue": Text("xanh dương", "blue"),
    "green": Text("xanh lá", "green"),
    "red": Text("đỏ", "red"),
    "yellow": Text("vàng", "yellow"),
    "magenta": Text("hồng tím", "magenta"),
    "cyan": Text("xanh lơ", "cyan"),
}


def findings(check: EquipmentCheck) -> tuple[tuple[Text, Text, Trouble], ...]:
    """Give what was measured, in words: the name, the finding, and the trouble that it stands for."""
    return (
        (Text("Độ nét thật", "Resolution really delivered"), _sharpness(check), Trouble.RESOLUTION),
        (Text("Tỉ lệ", "Scale"), _scale(check), Trouble.SCALE),
        (Text("Độ nghiêng", "Skew"), _same(f"{check.skew:+.1f}°"), Trouble.SKEW),
        (Text("Vệt bẩn", "Streaks"), _same(str(check.streaks)), Trouble.STREAKS),
        (Text("Màu của giấy trắng", "Colour of white paper"), _colour(check), Trouble.COLOUR),
        (Text("Tốc độ", "Speed"), _speed(check), Trouble.SPEED),
    )


def to_do(check: EquipmentCheck) -> Text:
    """Name what is wrong, shortly; a dash where nothing is."""
    wrong = [name for name, _, trouble in findings(check) if trouble in check.troubles]
    return Text(", ".join(name.vi for name in wrong) or "—", ", ".join(name.en for name in wrong) or "—")


def _sharpness(check: EquipmentCheck) -> Text:
    pixels = f"{check.width} x {check.height}"
    if not check.resolved_dpi:
        return Text(
            f"không thấy rõ vạch nào ở {check.dpi} dpi ({pixels} điểm)", f"no lines told apart at {check.dpi} dpi ({pixels})"
        )
    return Text(
        f"thấy rõ vạch cỡ {check.resolved_dpi:.0f} dpi khi quét {check.dpi} dpi ({pixels} điểm)",
        f"lines of {check.resolved_dpi:.0f} dpi told apart in a scan at {check.dpi} dpi ({pixels} pixels)",
    )


def _scale(check: EquipmentCheck) -> Text:
    measured = f"{check.dpi_across:.1f} x {check.dpi_down:.1f}"
    return Text(f"đo được {measured} dpi trên {check.dpi}", f"{measured} dpi measured of {check.dpi}")


def _colour(check: EquipmentCheck) -> Text:
    if not check.tint:
        return Text("trung tính", "neutral")
    tint = _TINTS[check.tint]
    return Text(f"ám {tint.vi} {check.cast:.0f}/255", f"{check.cast:.0f} of 255 towards {tint.en}")


def _speed(check: EquipmentCheck) -> Text:
    if not check.pages_per_minute:
        return Text("chưa đo: cần ít nhất 2 tờ trong khay", "not measured: it takes two sheets or more")
    claimed_vi = f", công bố {check.claimed_ppm:.0f}" if check.claimed_ppm else ""
    claimed_en = f", {check.claimed_ppm:.0f} claimed" if check.claimed_ppm else ""
    return Text(
        f"{check.pages_per_minute:.0f} trang/phút{claimed_vi}", f"{check.pages_per_minute:.0f} pages a minute{claimed_en}"
    )


def _same(text: str) -> Text:
    return Text(text, text)
