"""Both languages say the same: as many forms, the same holes, the same tags. See also tests/house/test_words.py."""

import re
from collections import Counter

import polib

from tests.house.sources import ROOT

from .pages import HOLE, texts

CATALOGUE = polib.pofile(str(ROOT / "locale/nl/LC_MESSAGES/django.po"))
TAG = re.compile(r"</?\w+|&\w+;")


def test_every_plural_has_both_forms():
    assert CATALOGUE.metadata["Plural-Forms"].startswith("nplurals=2; plural=(n != 1)")
    assert [e.msgid for e in CATALOGUE if e.msgid_plural and not all(e.msgstr_plural.values())] == []
    assert [e.msgid for e in CATALOGUE if e.msgid_plural and set(e.msgstr_plural) != {0, 1}] == []


def test_holes_and_tags_survive_translation_in_every_form():
    wrong = [
        english
        for entry in CATALOGUE
        for number, (english, dutch) in enumerate(texts(entry))
        if (
            holes(english) != holes(dutch)
            and not (entry.msgid_plural and number == 0 and holes(dutch) < holes(english))
        )
        or TAG.findall(english) != TAG.findall(dutch)
    ]
    assert wrong == []  # "one" need not be a figure


def holes(text):
    return Counter(HOLE.findall(text))


def test_ends_alike():
    """A sentence stays a sentence, a label a label; a space at an end is part of what is joined."""
    wrong = [
        english
        for entry in CATALOGUE
        for english, dutch in texts(entry)
        if english[:1].isspace() != dutch[:1].isspace() or english[-1:].isspace() != dutch[-1:].isspace()
    ]
    assert wrong == []


def test_english_calls_an_e_mail_an_e_mail_and_does_not_shout():
    english = {english for entry in CATALOGUE for english, _dutch in texts(entry)}
    assert {each for each in english if re.search(r"\bletters?\b|!", each, re.I)} == set()
