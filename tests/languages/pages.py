"""What stands on a page, in which language; and which words are ours, in which."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
import polib
import unfold
from django.conf import settings

from tests.house.sources import ROOT

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-label")
UNSPOKEN = {"script", "style", "template", "icon"}
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


class _Reader(HTMLParser):
    """Collects (language, text) of all that is read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []  # tag, language
        self.said: set[tuple[str, str]] = set()

    @property
    def language(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self.language)
        for name in SPOKEN:
            self._say(language, given.get(name, ""))
        if tag == "input" and given.get("type") in ("submit", "button"):
            self._say(language, given.get("value", ""))
        if tag not in VOID:
            is_icon = "material-symbols-outlined" in given.get("class", "")  # a word that is drawn
            self.open.append(("icon" if is_icon else tag, language))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while any(each in (tag, "icon") for each, _language in self.open):
            if self.open.pop()[0] in (tag, "icon"):
                break

    def handle_data(self, data):
        if not any(tag in UNSPOKEN for tag, _language in self.open):
            self._say(self.language, data)

    def _say(self, language: str, text: str) -> None:
        text = " ".join(text.split())
        if text:
            self.said.add((language, text))


def read(html: str) -> set[tuple[str, str]]:
    """Every text of the page, with the language that the page says it is in."""
    reader = _Reader()
    reader.feed(html)
    return reader.said


# --- Words ---------------------------------------------------------------------------------------------------------


def texts(entry: polib.POEntry) -> list[tuple[str, str]]:
    """The forms of an entry: English and Dutch."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    english = (entry.msgid, entry.msgid_plural)
    return list(zip(english, (entry.msgstr_plural[0], entry.msgstr_plural[1]), strict=True))


@cache
def ours() -> list[tuple[str, str]]:
    """English and Dutch of all that we say."""
    catalogue = polib.pofile(str(ROOT / "locale/nl/LC_MESSAGES/django.po"))
    return [(_flat(english), _flat(dutch)) for entry in catalogue for english, dutch in texts(entry)]


@cache
def theirs() -> list[tuple[str, str]]:
    """English and Dutch of Django, allauth and Unfold; Dutch is empty where they have none."""
    roots = [Path(str(package.__file__)).parent for package in (django, allauth, unfold)]
    found = [path for root in roots for path in root.rglob("locale/nl/LC_MESSAGES/django.po")]
    assert len(found) > 3
    return [
        (_flat(english), _flat(dutch))
        for path in found
        for entry in polib.pofile(str(path))
        for english, dutch in texts(entry)
    ]


def _flat(text: str) -> str:
    return " ".join(text.split())


@cache
def with_holes(words: frozenset[str]) -> re.Pattern[str]:
    """Matches those with holes, whatever fills them. What is hardly more than a hole matches nothing."""
    holed = {word for word in words if HOLE.search(word)}
    telling = {word for word in holed if len(re.findall(r"[^\W\d_]", HOLE.sub("", word))) >= 6}
    return re.compile("|".join(".+?".join(map(re.escape, HOLE.split(word))) for word in sorted(telling)))


def dutch_alone() -> frozenset[str]:
    """What we say in Dutch and would not say in English."""
    english = {english for english, _dutch in ours()} | set(dict(settings.LANGUAGES).values())
    return frozenset(dutch for _english, dutch in ours() if dutch and dutch not in english)


def english_alone() -> frozenset[str]:
    """What anyone here says in English and nobody in Dutch."""
    everything = [*ours(), *theirs()]
    dutch = {dutch for _english, dutch in everything} | set(dict(settings.LANGUAGES).values())
    return frozenset(english for english, _dutch in everything if english and english not in dutch)
