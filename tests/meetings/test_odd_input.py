"""Input that no person types: it is refused politely, and costs little."""

import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from meetings.models import Meeting
from meetings.uploads import NotWhatItSays, content_type_of
from regions.wall import SYSTEM, acting_as
from tests import make

ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def item(waasland):
    with acting_as(SYSTEM):
        return make.item(make.meeting(waasland))


def test_a_search_with_a_nul_byte_finds_nothing_and_breaks_nothing(browse, trekker, item):
    page = f"/programmapunten/{item.pk}/spreker-vragen/"
    assert browse(trekker).get(page, {"zoek": "a\0b"}).status_code == 200


@pytest.mark.parametrize("number", ["9" * 19, "1" * 5000, "-1", "²", "\0"])
def test_a_speaker_of_an_impossible_number_is_refused(browse, trekker, item, number):
    page = f"/programmapunten/{item.pk}/spreker-vragen/"
    assert browse(trekker).post(page, {"speaker": number}).status_code == 422


@pytest.mark.parametrize("length", [180, 254, 300])
def test_an_address_is_taken_or_refused_however_long(browse, trekker, item, length):
    address = f"{'d' * 60}@{('b' * 60 + '.') * 4}"[: length - 8] + ".example"
    expected = 302 if len(address) <= 254 else 422
    client = browse(trekker)
    card = {"speaker": "", "name": "S", "email": address, "kind": "vendor"}
    assert client.post(f"/programmapunten/{item.pk}/spreker-vragen/", card).status_code == expected
    assert client.post("/kringen/waasland/leden/vragen/", {"address": address}).status_code == expected
    assert browse().post("/account/password/reset/", {"email": address}).status_code in {302, 422}
    assert browse().post("/account/signup/", {"email": address, "password1": "een lang geheim woord", "name": "N"}
    ).status_code == expected  # fmt: skip


def test_a_meeting_is_planned_at_most_five_years_ahead(browse, trekker, item):
    typed = {"title": "x", "form": "in_person", "programme": "classic", "date": "9999-12-31"}
    typed |= {"start": "20:00", "end": "23:00"}
    page = browse(trekker).post("/kringen/waasland/bijeenkomsten/nieuw/", typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"date"}
    with acting_as(SYSTEM):
        assert Meeting.objects.count() == 1


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_damaged_document_is_refused(method):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as parts:
        parts.writestr("mimetype", ODT * 50)
    damaged = bytearray(made.getvalue())
    start = damaged.find(b"mimetype") + len("mimetype")
    damaged[start + 4 : start + 24] = b"\xff" * 20
    with pytest.raises(NotWhatItSays):
        content_type_of(SimpleUploadedFile("a.odt", bytes(damaged)))


def test_a_document_with_a_list_of_parts_without_end_is_refused_unread():
    entry = b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    listed = entry * 20_000
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 20_000, 20_000, len(listed), 0, 0)
    with pytest.raises(NotWhatItSays):
        content_type_of(SimpleUploadedFile("a.docx", listed + end))


def test_nobody_posts_a_heap_of_files(browse):
    files = {f"f{number}": SimpleUploadedFile("a.pdf", b"%PDF-") for number in range(5)}
    assert browse().post("/account/login/", files).status_code == 413
