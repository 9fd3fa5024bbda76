"""What the bytes of a file say to the browser: whole, in part, unchanged, or not there."""

import pytest
from django.test import Client

from regions.wall import SYSTEM, acting_as
from tests import make
from tests.meetings.test_uploads import add

from .test_headers import SAFETY, patient, safety_of


def test_a_static_file_says_it_all_too(db):
    def ask(method="get", **headers):
        response = getattr(patient(), method)("/static/css/foundation.css", headers=headers)
        response.close()
        return response

    date = ask()["Last-Modified"]
    parts = [ask(range="bytes=0-3"), ask(range="bytes=9999999-")]
    answers = [ask(), ask("head"), *parts, ask(if_modified_since=date)]
    assert [answer.status_code for answer in answers] == [200, 200, 206, 416, 304]
    assert [safety_of(answer) for answer in answers] == [SAFETY] * len(answers)


@pytest.mark.parametrize(
    ("name", "allowed"), [("Dia's.pdf", "; img-src 'self'; object-src 'self'"), ("a.pptx", "; sandbox")]
)
def test_the_bytes_of_a_file_say_it_all_too(waasland, lid, browse, name, allowed):
    """Whole, a part, unchanged, past its end, without its bytes, and at the address of ten minutes."""
    from tests.meetings.test_fetching import BODY, address_for, fetch
    from tests.meetings.test_material import PPTX

    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    file = add(meeting, name, PPTX if name.endswith("pptx") else BODY)
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    where, client = f"/materiaal/{file.pk}/", browse(lid)
    etag = fetch(client, where)["ETag"]
    answers = [
        fetch(client, where),
        fetch(client, where, range="bytes=0-3"),
        fetch(client, where, if_none_match=etag),
        fetch(client, where, range="bytes=99999-"),
        fetch(client, where, "head"),
        fetch(Client(), address_for(client, file)),
    ]
    assert [answer.status_code for answer in answers] == [200, 206, 304, 416, 200, 200]
    said = [safety_of(answer) for answer in answers]
    assert said == [SAFETY | {"Content-Security-Policy": nothing + allowed}] * len(answers)
