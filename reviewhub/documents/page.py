"""The program that reads and draws one hostile file, in a process of its own that may not take much.

`python page.py WHAT NUMBER < file` writes JSON or a picture to its standard output; WHAT is pdf, pdf-page, image,
image-page, mail, mail-part or sheets. It knows nothing of the product, so that it starts at once. A file that cannot
be read is answered with exit code 3 and one word that says why: encrypted, broken or large.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, NoReturn

MEMORY = 1_200_000_000  # bytes of address space
SECONDS = 10  # of the processor
MOST_PAGES = 30
MOST_WORDS = 20_000
WIDTH = 1400  # pixels of a drawn page
MOST_PIXELS = 60_000_000  # of a picture that is opened
MOST_DRAWN = 6_000_000  # of one that is drawn
MOST_PARTS = 50
MOST_TEXT = 200_000  # characters of a mail
MOST_MARKUP = 2_000_000  # characters of one that is a web page
MOST_SHEETS = 20
MOST_ROWS = 200
MOST_COLUMNS = 40
LONGEST_CELL = 500
MOST_UNPACKED = 200_000_000  # bytes that a spreadsheet's parts say they have
HEADERS = ("From", "To", "Cc", "Date", "Subject")
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")


def refuse(why: str) -> NoReturn:
    sys.stderr.write(why)
    raise SystemExit(3)


def answer(value: Any) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode())


# ---- PDF -----------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        refuse("encrypted" if "password" in str(error).lower() else "broken")


def read_pdf(data: bytes, _: str) -> None:
    """{"pages": all there are, "shown": [{"width", "height", "words": [[text, x, y, width, height]]}]}, in points."""
    found = _pdf(data)
    left, shown = MOST_WORDS, []
    for number in range(min(len(found), MOST_PAGES)):
        page = found[number]
        words = _words(page, left)
        left -= len(words)
        width, height = page.get_size()
        shown.append({"width": round(width, 1), "height": round(height, 1), "words": words})
        page.close()
    if not shown:
        refuse("broken")
    answer({"pages": len(found), "shown": shown})


def _words(page: Any, most: int) -> list[list[Any]]:
    texts = page.get_textpage()
    height = page.get_height()
    words: list[list[Any]] = []
    text = ""
    box: tuple[float, ...] | None = None
    signs = texts.get_text_range() if texts.count_chars() else ""
    for index in range(min(texts.count_chars(), len(signs))):
        sign = signs[index]
        if sign.isspace() or sign in "\ufffe\x00":
            words += _word(text, box, height)
            text, box = "", None
            if len(words) >= most:
                return words[:most]
            continue
        left, bottom, right, top = texts.get_charbox(index, loose=True)
        if box is not None and (abs(bottom - box[1]) > max(2.0, (box[3] - box[1]) / 2)):
            words += _word(text, box, height)
            text, box = "", None
        text += sign
        box = (left, bottom, right, top) if box is None else _around(box, (left, bottom, right, top))
    return (words + _word(text, box, height))[:most]


def _around(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    return (min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3]))


def _word(text: str, box: tuple[float, ...] | None, height: float) -> list[list[Any]]:
    if not text or box is None:
        return []
    left, bottom, right, top = box
    return [[text, *(round(each, 1) for each in (left, height - top, right - left, top - bottom))]]


def draw_pdf(data: bytes, number: str) -> None:
    found = _pdf(data)
    if not 0 < int(number) <= min(len(found), MOST_PAGES):
        refuse("broken")
    page = found[int(number) - 1]
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        refuse("broken")
    scale = min(WIDTH / width, (MOST_DRAWN / (width * height)) ** 0.5, 4.0)
    _write(page.render(scale=scale).to_pil())


# ---- pictures ------------------------------------------------------------------------------------


def _image(data: bytes) -> Any:
    import warnings

    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        refuse("large")


def read_image(data: bytes, _: str) -> None:
    """As a PDF, without words; the size is in pixels, as it is drawn."""
    found = _image(data)
    pages = 1 if found.format == "GIF" else int(getattr(found, "n_frames", 1))
    shown = []
    for number in range(min(pages, MOST_PAGES)):
        width, height = _upright(found, number).size
        shown.append({"width": width, "height": height, "words": []})
    answer({"pages": pages, "shown": shown})


def draw_image(data: bytes, number: str) -> None:
    _write(_upright(_image(data), int(number) - 1))


def _upright(found: Any, number: int) -> Any:
    """Decoded whole, so that a truncated file is noticed; turned as the camera says; without what else it carries."""
    from PIL import ImageOps

    if number:
        found.seek(number)
    found.load()
    upright = ImageOps.exif_transpose(found)
    upright.thumbnail((2 * WIDTH, 2 * WIDTH))
    return upright if upright.mode in ("RGB", "RGBA", "L") else upright.convert("RGBA")


def _write(picture: Any) -> None:
    held = io.BytesIO()
    picture.save(held, "WEBP", quality=82, method=2, exif=b"", icc_profile=b"", xmp=b"")
    sys.stdout.buffer.write(held.getvalue())


# ---- mail ----------------------------------------------------------------------------------------


def read_mail(data: bytes, _: str) -> None:
    """{"headers": [[name, value]], "text", "from_html", "parts": [{"name", "media_type", "bytes"}], "more"}."""
    mail = _mail(data)
    body = mail.get_body(("plain", "html"))
    said = str(body.get_content()) if body is not None else ""
    from_html = body is not None and body.get_content_subtype() == "html"
    text = _without_markup(said) if from_html else said.replace("\r\n", "\n")
    parts = _parts(mail)
    answer(
        {
            "headers": [[name, _header(mail, name)] for name in HEADERS if mail[name] is not None],
            "text": text[:MOST_TEXT].strip(),
            "from_html": from_html,
            "parts": [_described(part, number) for number, part in enumerate(parts[:MOST_PARTS], start=1)],
            "more": len(text) > MOST_TEXT or len(said) > MOST_MARKUP or len(parts) > MOST_PARTS,
        }
    )


def read_part(data: bytes, number: str) -> None:
    parts = _parts(_mail(data))[:MOST_PARTS]
    if not 0 < int(number) <= len(parts):
        refuse("broken")
    sys.stdout.buffer.write(_bytes(parts[int(number) - 1]))


def _mail(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default)
    if not any(mail[name] for name in HEADERS):
        refuse("broken")
    return mail


def _header(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail[name]).split())[:1000]


def _parts(mail: EmailMessage) -> list[EmailMessage]:
    return list(mail.iter_attachments()) if mail.is_multipart() else []


def _described(part: EmailMessage, number: int) -> dict[str, Any]:
    named = part.get_filename() or _subject(part) or f"part-{number}"
    return {"name": str(named)[:200], "media_type": part.get_content_type(), "bytes": len(_bytes(part))}


def _subject(part: EmailMessage) -> str:
    """Of a mail that is attached to one."""
    within = part.get_content() if part.get_content_type() == "message/rfc822" else None
    return f"{_header(within, 'Subject')}.eml" if within is not None and within["Subject"] else ""


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        within = part.get_content()
        return bytes(within.as_bytes())
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


class _Words(HTMLParser):
    """A page's text: no tags, no styles, no scripts."""

    SILENT = ("script", "style", "head", "title", "template")
    BREAKS = ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in self.SILENT))
        if tag in self.BREAKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(re.sub(r"\s+", " ", data))


def _without_markup(html: str) -> str:
    words = _Words()
    words.feed(html[:MOST_MARKUP])
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.said).split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept)


# ---- spreadsheets --------------------------------------------------------------------------------


def read_sheets(data: bytes, _: str) -> None:
    """{"sheets": [{"name", "rows": [[text]], "more"}], "more"}. A formula is shown by its last result; nothing is
    computed here, and one that has no result is shown as it is written."""
    results, written = _workbook(data, results=True), _workbook(data, results=False)
    names = results.sheetnames[:MOST_SHEETS]
    sheets = [_sheet(name, results[name], written[name]) for name in names if hasattr(results[name], "iter_rows")]
    answer({"sheets": sheets, "more": len(results.sheetnames) > len(names)})


def _workbook(data: bytes, *, results: bool) -> Any:
    import warnings
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    warnings.simplefilter("ignore")
    try:
        if sum(each.file_size for each in zipfile.ZipFile(io.BytesIO(data)).infolist()) > MOST_UNPACKED:
            refuse("large")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=results, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError):
        refuse("encrypted" if data.startswith(b"\xd0\xcf\x11\xe0") else "broken")


def _sheet(name: str, results: Any, written: Any) -> dict[str, Any]:
    """What a sheet says of its own size is not believed: its rows are counted."""
    rows: list[list[str]] = []
    more = False
    for sheet in (results, written):
        sheet.reset_dimensions()
    for row, formulas in zip(_rows(results), _rows(written), strict=False):
        if len(rows) == MOST_ROWS:
            more = True
            break
        more = more or any(cell is not None for cell in row[MOST_COLUMNS:])
        rows.append([_cell(value, formula) for value, formula in zip(row, formulas, strict=False)][:MOST_COLUMNS])
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    return {"name": str(name)[:100], "rows": [[*row[:width], *[""] * (width - len(row))] for row in rows], "more": more}


def _rows(sheet: Any) -> Any:
    return sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)


def _cell(value: Any, formula: Any) -> str:
    shown = formula if value is None and isinstance(formula, str) else value
    if shown is None:
        return ""
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, float):
        return f"{shown:.10g}"
    if hasattr(shown, "isoformat"):
        return str(shown.isoformat(sep=" ") if hasattr(shown, "hour") and hasattr(shown, "year") else shown.isoformat())
    return str(shown)[:LONGEST_CELL]


# ---- the program ---------------------------------------------------------------------------------

ACTS = {
    "pdf": read_pdf,
    "pdf-page": draw_pdf,
    "image": read_image,
    "image-page": draw_image,
    "mail": read_mail,
    "mail-part": read_part,
    "sheets": read_sheets,
}


def main(what: str, number: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        ACTS[what](data, number)
    except MemoryError:
        refuse("large")
    except Exception:  # noqa: BLE001 - whatever is in the file, one word says it
        refuse("broken")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "1")
