"""Every page in one language: no word of ours in the other, unless the page says that it is."""

import pytest
from django.conf import settings

from tests import sample
from tests.wall.http_table import lines
from tests.wall.http_world import address, taken_back

from .pages import dutch_alone, english_alone, read, with_holes

WALKS = {
    "visitor": ("-", "public", "cancelled"),
    "trekker": ("-", "draft", "circle", "held"),
    "member": ("-", "held"),
}


SHOWN = (200, 403, 404, 410, 422)


def lines_for(who, language):
    """The lines of the table that this person walks. A manager walks the admin: all of it in Dutch, as that is where
    words of others would show, and its lists in English."""
    for line in lines():
        if not sample.is_in(f"{who} {line.page} {line.of}", 6):
            continue
        if line.verb in ("download", "export", "calendar") or line.name.startswith("demo"):  # the demo is in Dutch
            continue
        if line.name.startswith("admin:"):
            if who == "manager" and (language == "nl" or line.name.endswith(("_changelist", ":index"))):
                yield line
        elif (who == "manager" and line.of == "-") or line.of in WALKS.get(who, ()):
            yield line


def walk(stage, who, language):
    """Per page, and per form that is sent empty, what is said on it: (language, text)."""
    said = {}
    jar = stage.jars[who]
    jar[settings.LANGUAGE_COOKIE_NAME] = language
    try:
        for line in lines_for(who, language):
            path = address(stage, line.page, line.of)
            for method, status in zip(line.methods, line.answers[who], strict=False):
                if status not in SHOWN or (method == "post" and status != 422):
                    continue
                with taken_back():
                    response = stage.ask(who, method, path)
                if response.get("Content-Type", "").startswith("text/html"):
                    assert response["Content-Language"] == language
                    said[f"{method} {path}"] = read(response.text)
    finally:
        del jar[settings.LANGUAGE_COOKIE_NAME]
    return said


def foreign(said, language, words):
    """Texts that the page says are in ``language``, and are among ``words``."""
    pattern = with_holes(words)
    texts = {}
    for path, spoken in said.items():
        for named, text in spoken:
            if named.partition("-")[0] == language:
                texts.setdefault(text, path)
    return {text: path for text, path in texts.items() if text in words or pattern.fullmatch(text)}


@pytest.mark.parametrize("who", [*WALKS, "manager"])
def test_no_page_in_english_says_a_word_of_ours_in_dutch(stage, who, figure):
    said = walk(stage, who, "en")
    assert foreign(said, "en", dutch_alone()) == {}
    figure(f"pages read in English as {who}: words in Dutch", f"{len(said)}: 0")


@pytest.mark.parametrize("who", [*WALKS, "manager"])
def test_no_page_in_dutch_says_an_english_word(stage, who, figure):
    said = walk(stage, who, "nl")
    assert foreign(said, "nl", english_alone()) == {}
    figure(f"pages read in Dutch as {who}: words in English", f"{len(said)}: 0")


def test_a_word_in_the_other_language_would_be_seen():
    page = '<html lang="en"><p>Bijeenkomsten</p><p lang="nl">Kringen</p><img alt="Besturen"><p>U bent lid van X.</p>'
    said = {"/": read(page)}
    assert foreign(said, "en", dutch_alone()) == {"Bijeenkomsten": "/", "Besturen": "/", "U bent lid van X.": "/"}
