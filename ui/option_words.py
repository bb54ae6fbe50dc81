"""Names in the clerk's language for what many scanners call alike; the device's own words stay for everything else."""

from __future__ import annotations

from app.errors import Text
from app.model.option import DeviceOption
from ui.words import Words

# Set by the profile's own fields: shown, not changed here.
OF_THE_PROFILE = frozenset({
    "source", "doc-source", "document-source", "scan-source", "mode", "image-type", "color-mode",
    "scan-mode", "resolution", "x-resolution", "y-resolution", "scan-resolution", "dpi", "tl-x",
    "tl-y", "br-x", "br-y", "page-width", "page-height", "duplex", "adf-mode", "width", "height",
    "depth", "preview", "ICAP_PIXELTYPE", "ICAP_XRESOLUTION", "ICAP_YRESOLUTION",
    "CAP_FEEDERENABLED", "CAP_DUPLEXENABLED",
})  # fmt: skip

_NAMES = {
    "source": Text("Nguồn giấy", "Paper from"),
    "mode": Text("Màu", "Colour"),
    "depth": Text("Số bit một mẫu", "Bits a sample"),
    "resolution": Text("Độ phân giải", "Resolution"),
    "tl-x": Text("Vùng quét: trái", "Area: left"),
    "tl-y": Text("Vùng quét: trên", "Area: top"),
    "br-x": Text("Vùng quét: phải", "Area: right"),
    "br-y": Text("Vùng quét: dưới", "Area: bottom"),
    "page-width": Text("Chiều rộng giấy", "Width of the paper"),
    "page-height": Text("Chiều dài giấy", "Length of the paper"),
    "width": Text("Rộng tối đa", "Largest width"),
    "height": Text("Dài tối đa", "Largest length"),
    "duplex": Text("Hai mặt", "Both sides"),
    "adf-mode": Text("Số mặt", "Sides"),
    "brightness": Text("Độ sáng", "Brightness"),
    "contrast": Text("Độ tương phản", "Contrast"),
    "threshold": Text("Ngưỡng đen trắng", "Threshold of black and white"),
    "gamma": Text("Gamma", "Gamma"),
    "sharpen": Text("Làm nét", "Sharpening"),
    "noise-removal": Text("Khử nhiễu", "Noise removal"),
    "compression": Text("Nén ảnh trong máy", "Compression in the scanner"),
    "compression-factor": Text("Mức nén ảnh", "Compression factor"),
    "jpeg-quality": Text("Chất lượng JPEG", "JPEG quality"),
    "dropoutcolor": Text("Màu bỏ qua (mực mẫu in sẵn)", "Dropout colour (ink of printed forms)"),
    "dropout-front": Text("Màu bỏ qua, mặt trước", "Dropout colour, front"),
    "dropout-back": Text("Màu bỏ qua, mặt sau", "Dropout colour, back"),
    "ccd-channel": Text("Kênh màu làm ảnh xám", "Channel that makes gray"),
    "df-action": Text("Khi kéo hai tờ cùng lúc", "When two sheets go in at once"),
    "df-thickness": Text("Nhận ra hai tờ bằng độ dày", "Tell two sheets by thickness"),
    "df-length": Text("Nhận ra hai tờ bằng độ dài", "Tell two sheets by length"),
    "df-skew": Text("Nhận ra giấy vào lệch", "Tell sheets that go in askew"),
    "stapledetect": Text("Nhận ra ghim bấm", "Tell staples"),
    "rollerdeskew": Text("Chỉnh thẳng bằng trục cuốn", "Straighten by the rollers"),
    "swdeskew": Text("Máy tự chỉnh thẳng", "Straighten in the scanner"),
    "swcrop": Text("Máy tự cắt mép", "Crop in the scanner"),
    "swskip": Text("Máy tự bỏ trang trắng", "Drop blank pages in the scanner"),
    "batch-scan": Text("Quét liên tục cả khay", "Go on through the whole tray"),
    "feeder-mode": Text("Cách kéo giấy", "How the feeder draws"),
    "wait-for-button": Text("Chờ nút trên máy", "Wait for the scanner's button"),
    "button-controlled": Text("Chờ nút trên máy", "Wait for the scanner's button"),
    "lamp-off-time": Text("Phút trước khi tắt đèn", "Minutes until the lamp goes off"),
    "sleeptimer": Text("Phút trước khi ngủ", "Minutes until it sleeps"),
    "transfer": Text("Cách nhận ảnh", "How pages are taken in"),
    "connect_seconds": Text("Giây chờ kết nối", "Seconds to wait for a connection"),
    "answer_seconds": Text("Giây chờ trả lời", "Seconds to wait for an answer"),
    "page_seconds": Text("Giây chờ một trang", "Seconds to wait for a page"),
    "stall_seconds": Text("Giây chờ khi trang dừng giữa chừng", "Seconds to wait within a page"),
    "busy_seconds": Text("Giây chờ khi máy bận", "Seconds to wait for a busy scanner"),
    "fault": Text("Sự cố tập", "Practised mishap"),
    "fault_page": Text("Trang gặp sự cố", "Page of the mishap"),
    "first_page": Text("Trang đầu trong khay", "First page of the tray"),
    "page_delay": Text("Giây cho một trang", "Seconds a page takes"),
    "line_delay": Text("Giây cho một phần mười trang", "Seconds a tenth of a page takes"),
    "lean": Text("Giấy vào lệch mấy độ", "Degrees by which sheets go in askew"),
    "streak": Text("Vết bẩn trên kính, cách mép trái (mm)", "Dirt on the glass, millimetres from the left"),
    "yellow": Text("Phần màu xanh lam bị mất", "Share of blue that is lost"),
    "true_dpi": Text("Số điểm/inch ống kính thật sự phân biệt", "Dots per inch that the lens tells apart"),
}


def name_of(option: DeviceOption, words: Words) -> str:
    """Give what an option is called in the window."""
    known = _NAMES.get(option.name)
    return words.say(known) if known is not None else option.title or option.name
