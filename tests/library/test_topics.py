"""The topics to begin with."""

from library import facts
from regions.facts import read


def test_topics_have_a_name_a_category_and_a_sentence():
    topics = list(read(facts.DATA / "topics.csv"))
    assert len({topic["slug"] for topic in topics}) == len({topic["title"] for topic in topics}) == 32
    assert [topic["slug"] for topic in topics if not (topic["category"] and topic["description"])] == []
