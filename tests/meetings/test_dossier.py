"""The dossier of a meeting: a PDF that a screen reader can read, and a ZIP with all that belongs to it."""

import io
import zipfile

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from meetings.models import ActionPoint, Attendance, Decision, Material, Report, ReportPart
from regions.wall import SYSTEM, acting_as
from tests import make

MARKUP = '#panic("nee") *vet* $x$ [link](http://kwaad.example) @verwijzing <b>html</b> \\ #include "/etc/passwd"'


@pytest.fixture
def reported(waasland, lid):
    """Held, with a published report in which people wrote what looks like markup."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Camera's & meer", in_days=-3, state="held")
        welcome, camera = make.item(meeting, "Welkom", kind="welcome"), make.item(meeting, f"Camera {MARKUP}"[:120])
        Attendance.objects.create(
            meeting=meeting, member=lid, government=lid.government, how="in_person", noted_by="list"
        )
        Report.objects.create(
            meeting=meeting, state="published", introduction="Eerst dit.\nEn dan.\n\nDaarna dat.", version=1
        )
        ReportPart.objects.create(item=camera, text=MARKUP)
        Decision.objects.create(meeting=meeting, item=camera, text="Wij kopen samen.")
        ActionPoint.objects.create(
            meeting=meeting, item=welcome, what="Bel rond", owner=lid, due_on=timezone.localdate()
        )
        return meeting


def fetch(client, meeting, suffix):
    answer = client.get(f"/bijeenkomsten/{meeting.pk}/dossier.{suffix}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # the file behind it; closing the answer would close the database
        close()
    return content


def tags(reader):
    """The roles of all parts of the document, in reading order, with how often in a row."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for each in node:
                walk(each)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node and node.get("/Type") != "/MCR":
                found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_the_pdf_is_tagged_and_says_its_language_and_title(reported, lid, browse):
    reader = pypdf.PdfReader(io.BytesIO(fetch(browse(lid), reported, "pdf")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("nl")
    assert reader.metadata.title == "Verslag: Camera's & meer"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    found = tags(reader)
    headings = [tag for tag in found if tag.startswith("/H") and tag[2:].isdigit()]
    assert headings == ["/H1", "/H2", "/H2", "/H3", "/H4", "/H3", "/H4"]
    assert (found.count("/Table"), found.count("/TH")) == (2, 2 + 4)


def test_what_people_wrote_is_text_and_never_markup(reported, lid, browse):
    reader = pypdf.PdfReader(io.BytesIO(fetch(browse(lid), reported, "pdf")))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    for said in ("#panic", "*vet*", "$x$", "[link](http://kwaad.example)", "@verwijzing", "<b>html</b>", "#include"):
        assert said in text
    for said in ("Eerst dit.", "Daarna dat.", "Lies Lid", "Wij kopen samen.", "Bel rond", "Temse", "Lokeren"):
        assert said in text
    assert not any("/URI" in str(note.get_object()) for page in reader.pages for note in page.get("/Annots", []))


def test_a_sign_that_the_letters_lack_costs_nothing_but_itself(reported, lid, browse):
    with acting_as(SYSTEM):
        Report.objects.update(introduction="Fijn 😀 漢字 \x07 toch.")
    reader = pypdf.PdfReader(io.BytesIO(fetch(browse(lid), reported, "pdf")))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "toch." in reader.pages[0].extract_text()


def test_who_reads_in_english_gets_the_same_dutch_dossier(reported, lid, trekker, browse):
    with acting_as(SYSTEM):
        trekker.language = "en"
        trekker.save(update_fields=["language"])
    assert fetch(browse(trekker), reported, "pdf") == fetch(browse(lid), reported, "pdf")


def test_the_zip_holds_the_pdf_the_calendar_and_the_material_under_safe_names(reported, lid, browse):
    with acting_as(SYSTEM):
        for name in ("Dia's.pdf", "dia's.PDF", "../../weg\u202e.pdf"):
            material = Material(meeting=reported, name=name, content_type="application/pdf", size=4)
            material.file.save("", ContentFile(b"%PDF"))
        Material.objects.create(
            meeting=reported, name="Kwijt.pdf", content_type="application/pdf", size=4, file="material/kwijt"
        )
    archive = zipfile.ZipFile(io.BytesIO(fetch(browse(lid), reported, "zip")))
    day = timezone.localdate(reported.starts_at)
    assert archive.testzip() is None
    assert archive.namelist() == [
        f"dossier-waasland-{day}.pdf",
        f"dossier-waasland-{day}.ics",
        "Dia's.pdf",
        "dia's (2).PDF",
        "-..-weg.pdf",
        "weggelaten.txt",
    ]
    assert archive.read("weggelaten.txt") == b"Kwijt.pdf"
    with acting_as(SYSTEM):
        for material in Material.objects.exclude(name="Kwijt.pdf"):
            material.file.delete(save=False)


@pytest.mark.parametrize("suffix", ["pdf", "zip"])
def test_a_dossier_is_for_who_may_read_the_report(reported, lid, neighbour, trekker, waasland, browse, suffix):
    with acting_as(SYSTEM):
        supplier = make.person("Vic Vendor", waasland, partner=make.vendor())
    address = f"/bijeenkomsten/{reported.pk}/dossier.{suffix}"
    said = [browse(each).get(address).status_code for each in (None, neighbour, supplier)]
    assert said == [302, 404, 404]
    fetch(browse(lid), reported, suffix)
    with acting_as(SYSTEM):
        Report.objects.update(state="draft")
    assert browse(lid).get(address).status_code == 404
    fetch(browse(trekker), reported, suffix)
