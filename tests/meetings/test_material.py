"""Files with a meeting: what is refused before it is kept, who fetches what, and what is thrown away."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from meetings.models import Material
from meetings.uploads import CONTENT_TYPES, LARGEST, clean_name
from regions.wall import SYSTEM, acting_as
from tests import make

PDF = b"%PDF-1.7\n%test"


def picture(kind: str, size: tuple[int, int] = (8, 6), **told) -> bytes:
    """A picture of these pixels; ``told`` is for Pillow's ``save``."""
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind, **told)
    return content.getvalue()


PNG, JPG, WEBP = picture("PNG"), picture("JPEG"), picture("WEBP")


def zipped(**parts: str) -> bytes:
    """A zip with these parts; names are given with __ for / and _dot_ for a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return content.getvalue()


def office(main_part: str, **parts: str) -> bytes:
    return zipped(**{"[Content_Types]_dot_xml": "<Types/>", main_part: "<x/>"} | parts)


def is_picture(name: str) -> bool:
    return name.lower().endswith(("png", "jpg", "jpeg", "webp"))


PPTX = office("ppt__presentation_dot_xml")
GOOD = {
    "a.pdf": PDF,
    "a.pptx": PPTX,
    "a.docx": office("word__document_dot_xml"),
    "a.xlsx": office("xl__workbook_dot_xml"),
    "a.odp": zipped(mimetype="application/vnd.oasis.opendocument.presentation"),
    "a.odt": zipped(mimetype="application/vnd.oasis.opendocument.text"),
    "a.ods": zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "a.png": PNG,
    "a.jpg": JPG,
    "a.JPEG": JPG,
    "a.webp": WEBP,
}


@pytest.fixture
def meeting(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Van ons")


@pytest.fixture
def files(meeting):
    return f"/bijeenkomsten/{meeting.pk}/materiaal/"


def upload(client, files, name, content, **typed):
    return client.post(files, {"file": SimpleUploadedFile(name, content), **typed})


def fetch(client, material, pk: int | None = None):
    """The answer to who asks for a file, with ``body``: read to its end, as a browser does."""
    response = client.get(f"/materiaal/{pk or material.pk}/")
    response.body = response.getvalue()
    return response


def kept() -> set[Path]:
    """Every file on the disk."""
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def rows() -> list[Material]:
    with acting_as(SYSTEM):
        return list(Material.objects.all())


# --- Adding -------------------------------------------------------------------------------------------------------


def test_every_allowed_kind_is_tried():
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(CONTENT_TYPES)


@pytest.mark.parametrize("name", GOOD)
def test_a_trekker_adds_a_file(meeting, files, browse, trekker, name):
    before = kept()
    response = upload(browse(trekker), files, name, GOOD[name])
    assert (response.status_code, response.url) == (302, files)
    [row] = rows()
    [path] = kept() - before
    assert (row.name, row.size, row.meeting_id, row.item_id) == (name, path.stat().st_size, meeting.pk, None)
    assert is_picture(name) or path.read_bytes() == GOOD[name]  # a picture is drawn again; see test_uploads
    assert "a." not in path.name  # the path says nothing


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "virus.exe",
            b"MZ",
            "U kunt “virus.exe” hier niet toevoegen. "
            "Toegelaten zijn: pdf, pptx, docx, xlsx, odp, odt, ods, png, jpg, webp.",
        ),
        ("pagina.html", b"<script>", "U kunt “pagina.html” hier niet toevoegen."),
        ("plaatje.svg", b"<svg/>", "U kunt “plaatje.svg” hier niet toevoegen."),
        ("zonder", PDF, "U kunt “zonder” hier niet toevoegen."),
        ("oud.ppt", b"\xd0\xcf\x11\xe0", "U kunt “oud.ppt” hier niet toevoegen."),
        ("nep.pdf", b"<html>", "De inhoud van “nep.pdf” past niet bij de naam"),
        ("nep.png", JPG, "De inhoud van “nep.png” past niet bij de naam"),
        ("nep.pptx", PDF, "De inhoud van “nep.pptx” past niet bij de naam"),
        ("nep.docx", PPTX, "De inhoud van “nep.docx” past niet bij de naam"),
        ("nep.odt", PPTX, "De inhoud van “nep.odt” past niet bij de naam"),
        ("macro.pptx", office("ppt__presentation_dot_xml", ppt__vbaProject_dot_bin="x"), "of bevat macro’s"),
        ("half.pptx", PPTX[:-30], "De inhoud van “half.pptx” past niet bij de naam"),
        ("leeg.pdf", b"", "Dit bestand is leeg. Kies een ander."),
    ],
)
def test_a_wrong_file_is_refused_before_it_is_kept(files, browse, trekker, meeting, name, content, said):
    with acting_as(SYSTEM):
        item = make.item(meeting)
    before = kept()
    response = upload(browse(trekker), files, name, content, item=item.pk)
    assert response.status_code == 422
    assert said in response.text
    assert f'<option value="{item.pk}" selected>' in response.text
    assert rows() == []
    assert kept() == before


def test_no_file_at_all_is_refused(files, browse, trekker):
    response = browse(trekker).post(files)
    assert response.status_code == 422
    assert "Kies een bestand." in response.text


def test_a_file_of_20_mb_is_kept_and_one_byte_more_is_not(files, browse, trekker):
    client, before = browse(trekker), kept()
    response = upload(client, files, "groot.pdf", PDF.ljust(LARGEST + 1, b"x"))
    assert response.status_code == 422
    assert "Dit bestand is 20,0 MB groot. Toegelaten is hoogstens 20,0 MB" in response.text.replace("\xa0", " ")
    assert (rows(), kept()) == ([], before)
    assert upload(client, files, "groot.pdf", PDF.ljust(LARGEST, b"x")).status_code == 302
    assert [row.size for row in rows()] == [LARGEST]


def test_what_is_far_too_large_is_counted_and_not_written(files, browse, trekker):
    before = kept()
    response = upload(browse(trekker), files, "film.pdf", PDF.ljust(43 * 1024 * 1024, b"x"))
    assert response.status_code == 422
    assert "Dit bestand is 43,0 MB groot." in response.text.replace("\xa0", " ")
    assert kept() == before


@pytest.mark.parametrize(
    ("odd", "clean"),
    [
        ("Verslag  van\nmaart.pdf", "Verslag vanmaart.pdf"),
        ('rapport "definitief"; versie 2.pdf', "rapport -definitief-; versie 2.pdf"),
        ("gpj.\u202ercs.pdf", "gpj.rcs.pdf"),
        ("..\\..\\windows\\notulen.pdf", "-..-windows-notulen.pdf"),
        ("e\u0301\u0301t\u0301e\u0301.pdf", "é\u0301t\u0301é.pdf"),
        ("…" * 200 + ".pdf", "…" * 116 + ".pdf"),
        (".pdf", "pdf"),
        ("", "bestand"),
    ],
)
def test_an_odd_name_is_cleaned(odd, clean):
    assert clean_name(odd) == clean


def test_an_item_of_another_meeting_is_refused(waasland, files, browse, trekker):
    with acting_as(SYSTEM):
        elsewhere = make.item(make.meeting(waasland))
    response = upload(browse(trekker), files, "a.pdf", PDF, item=elsewhere.pk)
    assert response.status_code == 422
    assert rows() == []


def test_only_who_leads_the_circle_adds(files, browse, lid, neighbour_trekker, manager):
    found = {
        person.name: upload(browse(person), files, "a.pdf", PDF).status_code
        for person in (lid, neighbour_trekker, manager)
    }
    assert found == {"Lies Lid": 403, "Tine Trekker": 404, "Mia Manager": 302}
    assert upload(browse(), files, "a.pdf", PDF).url.startswith("/account/")
    assert len(rows()) == 1


# --- Fetching -----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(meeting, files, browse, trekker):
    """A presentation with the meeting."""
    upload(browse(trekker), files, "Dia's over één “plan”.pptx", PPTX)
    [row] = rows()
    return row


def test_material_is_fetched_by_who_sees_the_meeting(file, browse, lid, trekker, manager, neighbour, stranger):
    readers = (lid, trekker, manager, neighbour, stranger, None)
    status = [fetch(browse(person), file).status_code for person in readers]
    assert status == [200, 200, 200, 404, 404, 404]
    assert fetch(browse(lid), file).body == PPTX
    assert fetch(browse(lid), file, pk=999999).status_code == 404


def test_material_of_a_public_meeting_is_for_everyone(file, meeting, browse, neighbour):
    with acting_as(SYSTEM):
        meeting.audience = "public"
        meeting.save()
    assert [fetch(browse(person), file).status_code for person in (neighbour, None)] == [200, 200]


def test_material_of_a_draft_is_for_trekkers(file, meeting, browse, lid, trekker):
    with acting_as(SYSTEM):
        meeting.state = "draft"
        meeting.save()
    assert [fetch(browse(person), file).status_code for person in (trekker, lid)] == [200, 404]


def test_a_file_is_saved_under_its_own_name_and_cannot_act(file, browse, lid):
    response = fetch(browse(lid), file)
    name = "Dia%27s%20over%20%C3%A9%C3%A9n%20%E2%80%9Cplan%E2%80%9D.pptx"  # RFC 8187
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert response["Content-Type"] == CONTENT_TYPES["pptx"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert response["Content-Length"] == str(len(PPTX))


@pytest.mark.parametrize(("name", "shown"), [("a.pdf", "inline"), ("a.png", "inline"), ("a.docx", "attachment")])
def test_only_pdf_and_pictures_are_shown_in_the_browser(files, browse, trekker, name, shown):
    upload(browse(trekker), files, name, GOOD[name])
    response = fetch(browse(trekker), rows()[0])
    assert response["Content-Disposition"] == f'{shown}; filename="{name}"'


def test_no_path_of_a_file_is_served(file, browse, trekker):
    for address in (f"/media/{file.file.name}", f"/{file.file.name}", f"/static/{file.file.name}"):
        assert browse(trekker).get(address).status_code == 404


def test_a_file_that_is_gone_from_the_disk_is_404(file, browse, lid):
    Path(file.file.path).unlink()
    assert fetch(browse(lid), file).status_code == 404


# --- Taking away --------------------------------------------------------------------------------------------------


def test_removing_takes_the_file_too_once_that_is_certain(
    file, files, browse, trekker, lid, neighbour_trekker, django_capture_on_commit_callbacks
):
    address, path = f"/materiaal/{file.pk}/verwijderen/", Path(file.file.path)
    assert browse(lid).post(address).status_code == 403
    assert browse(neighbour_trekker).post(address).status_code == 404
    assert browse(trekker).get(address).status_code == 405
    with django_capture_on_commit_callbacks() as at_commit:
        assert browse(trekker).post(address).url == files
    assert rows() == []
    assert path.exists()
    for callback in at_commit:
        callback()
    assert not path.exists()


@pytest.mark.parametrize("goes", ["point", "draft"])
def test_what_hangs_on_what_goes_takes_its_file_along(
    waasland, browse, trekker, django_capture_on_commit_callbacks, goes
):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, state="draft")
        item = make.item(meeting)
        talk = make.talk(item, make.speaker(), "declined")
        upload = {"meeting": meeting, "content_type": "application/pdf", "size": len(PDF)}
        kept = [
            Material.objects.create(name=name, file=SimpleUploadedFile(name, PDF), **upload, **on)
            for name, on in [("punt.pdf", {"item": item}), ("spreker.pdf", {"talk": talk}), ("los.pdf", {})]
        ]
    addresses = {
        "point": f"/programmapunten/{item.pk}/verwijderen/",
        "draft": f"/bijeenkomsten/{meeting.pk}/annuleren/",
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert browse(trekker).post(addresses[goes]).status_code == 302
    left = [each.name for each in kept if Path(each.file.path).exists()]
    assert left == [each.name for each in rows()] == (["los.pdf"] if goes == "point" else [])


def test_the_page_lists_what_is_there(file, files, browse, trekker):
    text = browse(trekker).get(files).text
    assert "Dia&#x27;s over één “plan”.pptx" in text
    assert f'href="/materiaal/{file.pk}/"' in text
