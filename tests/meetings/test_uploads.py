"""What may be added: name, declared type and bytes agree; pictures are drawn again; nothing that runs gets in."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, PngImagePlugin

from meetings import pictures, uploads
from meetings.actions.material import add_material
from meetings.models import Material
from regions.wall import SYSTEM, acting_as, member
from tests import make
from tests.meetings.test_material import GOOD, JPG, PDF, PNG, PPTX, is_picture, kept, office, picture, zipped

TYPES = "[Content_Types]_dot_xml"


def judged(name: str, content: bytes, declared: str = "") -> str:
    """What is found of a file: its type, or why it is refused."""
    try:
        uploads.fit_to_keep(SimpleUploadedFile(name, content, declared))
    except uploads.WrongKind:
        return "wrong kind"
    except uploads.NotWhatItSays:
        return "not what it says"
    return "good"


def again(content: bytes, kind: str = "image/jpeg") -> tuple[bytes, Image.Image]:
    """A picture as it is kept, and what it shows."""
    drawn = pictures.drawn_again(SimpleUploadedFile("a", content), kind).read()
    shown = Image.open(io.BytesIO(drawn))
    shown.load()
    return drawn, shown


# --- Three witnesses ------------------------------------------------------------------------------------------------


def test_only_where_name_and_bytes_agree_is_a_file_taken():
    """Every name with every content."""
    found = {(name, other): judged(name, content) for name in GOOD for other, content in GOOD.items()}
    alike = {"a.jpg", "a.JPEG"}
    expected = {pair: "good" if pair[0] == pair[1] or set(pair) <= alike else "not what it says" for pair in found}
    assert found == expected


def test_what_the_browser_says_must_agree_too():
    for name, content in GOOD.items():
        own = uploads.CONTENT_TYPES[name.rpartition(".")[2].lower()]
        found = {
            declared: judged(name, content, declared) for declared in {*uploads.CONTENT_TYPES.values(), "text/html"}
        }
        assert found == {declared: "good" if declared == own else "not what it says" for declared in found}
        for nothing in ("", "application/octet-stream", "text/plain", own.upper()):
            assert judged(name, content, nothing) == "good"


@pytest.mark.parametrize(
    "name",
    [
        *("a.html", "a.htm", "a.xhtml", "a.svg", "a.svgz", "a.xml", "a.js", "a.mhtml", "a.swf", "a.hta", "a.url"),
        *("a.docm", "a.pptm", "a.xlsm", "a.dotm", "a.exe", "a.zip", "a.gif", "a.pdf.html", "a.png.svg", "a", ".pdf"),
        *("a.pdf ", "a.pdf.", "a.pdf::$DATA", "a.pdf\0.html", "a.ｐｄｆ"),
    ],
)
def test_no_other_kind_is_taken(name):
    for content in (PDF, PNG, PPTX):
        assert judged(name, content) == "wrong kind"


def test_a_page_with_the_first_bytes_of_something_else_is_not_shown_as_a_page(meeting_of_all, browse, lid):
    """A PDF may hold anything after its first line: what counts is that no browser takes it for a page."""
    page = add(meeting_of_all, "a.pdf", b"%PDF-1.7\n<script>alert(1)</script>")
    response = browse(lid).get(f"/materiaal/{page.pk}/")
    assert b"".join(response) == b"%PDF-1.7\n<script>alert(1)</script>"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'; ")


@pytest.mark.parametrize("name", ["nep.pdf", "nep.webp", "nep.png", "nep.jpg"])
@pytest.mark.parametrize("shift", [b"\n", b"\xef\xbb\xbf", b"<!doctype html>"])
def test_the_first_bytes_are_the_very_first(name, shift):
    assert judged(name, shift + GOOD[name.replace("nep", "a")]) == "not what it says"


# --- Office files ---------------------------------------------------------------------------------------------------

MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    "parts",
    [
        {TYPES: f'<Types><Override ContentType="{MACRO_TYPE}"/></Types>'},
        {TYPES: f'<Types><Override ContentType="{MACRO_TYPE.upper()}"/></Types>'},
        {TYPES: '<Types><Override ContentType="application/vnd.ms-office.vbaProject"/></Types>'},
        {TYPES: '<Types><Override ContentType="application/vnd.ms-office.activeX+xml"/></Types>'},
        {TYPES: f'<Types a="{MACRO_TYPE}"/>'.replace("E", "&#69;")},
        {TYPES: '<!DOCTYPE x [<!ENTITY m "macro">]><Types/>'},
        {TYPES: f'<Types a="{MACRO_TYPE}"/>'.encode("utf-16")},
        {TYPES: f'<Types a="{MACRO_TYPE}"/>'.encode("utf-16-le")},
        {TYPES: "<Types>" + " " * 600_000 + "</Types>"},
        {"word__vbaProject_dot_bin": "x"},
        {"word__VBAPROJECT_dot_BIN": "x"},
        {"word__activeX__activeX1_dot_xml": "x"},
    ],
)
def test_a_document_with_macros_is_refused_however_it_is_dressed(parts):
    assert judged("a.docx", office("word__document_dot_xml")) == "good"
    assert judged("a.docx", office("word__document_dot_xml", **parts)) == "not what it says"


@pytest.mark.parametrize("part", ["Basic__Standard__Module1_dot_xml", "Scripts__python__x_dot_py", "basic__x"])
def test_an_open_document_with_macros_is_refused(part):
    mimetype = "application/vnd.oasis.opendocument.text"
    assert judged("a.odt", zipped(mimetype=mimetype)) == "good"
    assert judged("a.odt", zipped(mimetype=mimetype, **{part: "x"})) == "not what it says"


def test_a_zip_bomb_is_not_unpacked(figure):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", b" " * 200_000_000)
        parts.writestr("word/document.xml", b"0" * 200_000_000)
    before = peak()
    assert judged("a.docx", content.getvalue()) == "not what it says"
    assert peak() - before < 20
    figure("zip of 400 MB in 400 kB: memory it took to refuse", f"{max(0, peak() - before)} MiB")


def peak() -> int:
    """MiB that this process used at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


# --- Pictures -------------------------------------------------------------------------------------------------------

PLACE = {1: "N", 2: (51.0, 7.0, 30.0), 3: "E", 4: (4.0, 12.0, 50.0)}


def test_a_picture_loses_everything_but_what_it_shows():
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Camera van Lies", "geheim van Lies"
    exif.get_ifd(0x8825).update(PLACE)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "geheim van Lies")
    told = {
        "JPEG": {"exif": exif, "comment": b"geheim van Lies", "icc_profile": b"geheim van Lies" * 20},
        "PNG": {"exif": exif, "pnginfo": text, "icc_profile": b"geheim van Lies" * 20},
        "WEBP": {"exif": exif, "xmp": b"geheim van Lies", "icc_profile": b"geheim van Lies" * 20},
    }
    for content_type, kind in pictures.KINDS.items():
        original = picture(kind, **told[kind])
        assert b"van Lies" in original or kind == "PNG"
        drawn, shown = again(original + b"geheim van Lies: een tweede bestand", content_type)
        assert b"Lies" not in drawn
        assert dict(shown.getexif()) == {}
        assert set(shown.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
            "timestamp",
            "duration",
        }
        assert shown.size == (8, 6)
        for channel, wanted in zip(shown.convert("RGB").getpixel((4, 3)), (0, 128, 128), strict=True):
            assert abs(channel - wanted) < 8


def test_a_picture_that_lies_on_its_side_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    _, shown = again(picture("JPEG", (80, 60), exif=exif))
    assert shown.size == (60, 80)


def test_what_is_transparent_stays_so():
    content = io.BytesIO()
    Image.new("RGBA", (8, 6), (0, 128, 128, 10)).save(content, "PNG")
    _, shown = again(content.getvalue(), "image/png")
    assert (shown.mode, shown.getpixel((1, 1))) == ("RGBA", (0, 128, 128, 10))
    content = io.BytesIO()
    Image.new("P", (8, 6)).save(content, "PNG", transparency=0)
    assert again(content.getvalue(), "image/png")[1].getpixel((1, 1))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_is_drawn(mode):
    content = io.BytesIO()
    Image.new(mode, (8, 6)).save(content, "PNG")
    assert again(content.getvalue(), "image/png")[1].size == (8, 6)


def test_a_printer_s_colours_are_drawn():
    content = io.BytesIO()
    Image.new("CMYK", (8, 6)).save(content, "JPEG")
    assert again(content.getvalue())[1].mode == "RGB"


def test_a_large_picture_becomes_as_large_as_a_screen():
    _, shown = again(picture("JPEG", (8000, 500)))
    assert shown.size == (3840, 240)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says to be this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(4001, 4000), (9000, 9000), (20_000, 20_000), (2**31 - 1, 2**31 - 1), (0, 5)])
def test_a_picture_that_would_be_huge_is_refused_before_it_is_unpacked(size):
    before = peak()
    assert judged("bom.png", bomb(*size)) == "not what it says"
    assert peak() - before < 30


def test_what_is_broken_or_no_picture_is_refused_and_never_falls_over():
    found = set()
    for name, content in GOOD.items():
        if is_picture(name):
            for cut in range(12, len(content), max(1, len(content) // 25)):
                broken = bytearray(content)
                broken[cut] ^= 0xFF
                found |= {judged(name, content[:cut]), judged(name, bytes(broken))}
            found.add(judged(name, content[:16] + os.urandom(200)))
    assert found <= {"not what it says", "good"}
    assert (
        judged("nep.jpg", JPG[:4] + b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
        == "not what it says"
    )


def test_what_is_kept_is_what_was_drawn(meeting_of_all, browse, trekker):
    sent = picture("JPEG", comment=b"geheim van Lies")
    before = kept()
    files = f"/bijeenkomsten/{meeting_of_all.pk}/materiaal/"
    upload = SimpleUploadedFile("foto.jpg", sent, "image/jpeg")
    assert browse(trekker).post(files, {"file": upload}).status_code == 302
    [path] = kept() - before
    assert b"Lies" not in path.read_bytes()
    with acting_as(SYSTEM):
        assert Material.objects.get().size == path.stat().st_size


# --- What is not kept after all -------------------------------------------------------------------------------------


@pytest.fixture
def meeting_of_all(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Voor iedereen", audience="public")


def add(meeting, name, content):
    with acting_as(SYSTEM):
        return add_material(meeting, by=None, file=SimpleUploadedFile(name, content))


def test_what_is_rolled_back_leaves_no_file(committed, meeting_of_all, trekker):
    before = kept()
    with acting_as(member(trekker.pk)):
        add_material(meeting_of_all, by=trekker, file=SimpleUploadedFile("a.pdf", PDF))
        assert len(kept() - before) == 1
        transaction.set_rollback(True)
    assert kept() == before


def test_what_the_wall_refuses_leaves_no_file(committed, meeting_of_all, lid):
    before = kept()
    with pytest.raises(Exception, match="row-level security"), acting_as(member(lid.pk)):
        add_material(meeting_of_all, by=lid, file=SimpleUploadedFile("a.pdf", PDF))
    assert kept() == before


def test_what_is_committed_stays(committed, meeting_of_all, trekker):
    before = kept()
    with acting_as(member(trekker.pk)):
        add_material(meeting_of_all, by=trekker, file=SimpleUploadedFile("a.pdf", PDF))
    assert [path.read_bytes() for path in kept() - before] == [PDF]


def test_a_request_that_fails_after_the_upload_leaves_no_file(
    committed, meeting_of_all, browse, trekker, monkeypatch
):
    def fall(*args):
        raise ValueError

    monkeypatch.setattr("meetings.views.material.messages.success", fall)
    client, before = browse(trekker), kept()
    client.raise_request_exception = False
    sent = {"file": SimpleUploadedFile("a.pdf", PDF)}
    assert client.post(f"/bijeenkomsten/{meeting_of_all.pk}/materiaal/", sent).status_code == 500
    assert kept() == before
