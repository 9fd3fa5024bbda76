"""Every word on the screens is there in Dutch, and the compiled catalogue is the one that we read."""

import polib
import pytest

from .sources import ROOT

FOLDER = ROOT / "locale/nl/LC_MESSAGES"


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(FOLDER / "django.po"))


def test_nothing_is_untranslated_or_doubtful(catalogue):
    """Whether a word is missing from the catalogue is for ``make lint``: that needs gettext."""
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_the_one_we_read(catalogue):
    compiled = polib.mofile(str(FOLDER / "django.mo"))
    assert said(compiled) == said(entry for entry in catalogue if entry.translated())


def said(entries):
    return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}


def test_placeholders_survive_translation(catalogue):
    import re

    holes = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
    wrong = [
        entry.msgid
        for entry in catalogue
        if entry.msgstr and sorted(holes.findall(entry.msgid)) != sorted(holes.findall(entry.msgstr))
    ]
    assert wrong == []


def test_no_exclamation_marks_and_no_je(catalogue):
    import re

    shouting = [entry.msgstr for entry in catalogue if "!" in entry.msgstr]
    familiar = [entry.msgstr for entry in catalogue if re.search(r"\b(je|jij|jouw|jullie)\b", entry.msgstr, re.I)]
    assert shouting == familiar == []
