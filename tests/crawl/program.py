"""What the crawl does with a demo: plant words, let the circles live a little, read everything as everyone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import requests

from members.models import FeedAddress, Member
from regions.wall import SYSTEM, VISITOR, Actor, acting_as, member
from tests.wall import oracle

from .crawler import Crawl, addresses, ask, crawl, eyes_of, has_a_key, log_in, nothing
from .letters import links_in_letters, read_letters
from .life import IS_DEACTIVATED, LEAVES, change_plans, live_a_little, part, prepare, wait_for_the_post
from .words import Row, plant

ACTORS = [
    "beheer@demo.example",  # has most to read
    "lid.waasland@demo.example",
    "trekker.waasland@demo.example",
    "lid.kempen@demo.example",
    "trekker.kempen@demo.example",
    "lid.beide@demo.example",
]
GOING = {LEAVES: "left", IS_DEACTIVATED: "deactivated"}
LEAST = 1000  # answers per actor who stays


class Crowd:
    """Everyone who reads, each with a browser that is logged in, and with what they were sent."""

    def __init__(self, base: str, letters: list[bytes]) -> None:
        self.base = base
        with acting_as(SYSTEM):
            people = Member.objects.values_list("email", "pk")
            self.actors: dict[str, Actor] = {"visitor": VISITOR} | {email: member(pk) for email, pk in people}
            feeds = dict(FeedAddress.objects.values_list("member__email", "secret"))
        self.own = {"visitor": ["/"]}
        self.browsers = {"visitor": requests.Session()}
        for who in [*ACTORS, *GOING]:
            keys = [f"/agenda/{feeds[who]}.ics", *links_in_letters(letters, who, base)]
            self.own[who] = [*keys, "/", "/mijn/", "/beheer/"]
            self.browsers[who] = log_in(base, who)

    def sight(self, world: oracle.World, who: str) -> Callable[[Row], bool]:
        return eyes_of(world, self.actors[who])

    def walk(self, who: str, world: oracle.World) -> Crawl:
        """What links lead to."""
        start, browser = self.own[who], self.browsers[who]
        return crawl(self.base, browser, start, may_see=self.sight(world, who), more=0)

    def read_all(self, who: str, world: oracle.World, everywhere: Iterable[str]) -> Crawl:
        """The same, every address there could be, and some of what has no end."""
        start, browser = [*self.own[who], *everywhere], self.browsers[who]
        return crawl(self.base, browser, start, may_see=self.sight(world, who))


def at_once(read: Callable[[str], Crawl], who: Iterable[str]) -> dict[str, Crawl]:
    """What each of them read, four at a time."""
    who = list(who)
    with ThreadPoolExecutor(4) as readers:
        return dict(zip(who, readers.map(read, who), strict=True))


def run(base: str, superuser: psycopg.Connection, post: Path) -> tuple[str, bool]:
    """What was read, as a table; whether nobody read what is not there for them, and nobody looked too little."""
    new = prepare([*ACTORS, *GOING])
    wait_for_the_post()  # what was written without a word leaves without one
    before_words = set(letters_in(post))
    planted = plant(superuser)
    files = live_a_little(new)
    wait_for_the_post()
    then = the_world()
    crowd = Crowd(base, letters_in(post))
    before = at_once(lambda who: crowd.walk(who, then), GOING)
    keys = {who: [path for path in walked.visited if has_a_key(path)] for who, walked in before.items()}
    by_key = {who: ask(base, keys[who], may_see=crowd.sight(then, who)) for who in GOING}
    sent = set(letters_in(post)) - before_words

    part()
    now = the_world()
    sights = {LEAVES: crowd.sight(now, LEAVES), IS_DEACTIVATED: nothing}
    by_old_key = {who: ask(base, keys[who], may_see=sights[who]) for who in GOING}  # soon: some last for ten minutes
    change_plans(new)
    wait_for_the_post()
    now = the_world()
    everywhere = sorted(addresses(now), key=lambda path: hashlib.md5(path.encode()).digest())  # a bit of everything
    crowd.own |= {who: walked.visited for who, walked in before.items()}
    after = at_once(lambda who: crowd.read_all(who, now, everywhere), [*ACTORS, *GOING, "visitor"])
    sent_since = set(letters_in(post)) - before_words - sent
    last = the_world()  # timed jobs went on sending
    letters = read_letters([(raw, then) for raw in sent] + [(raw, last) for raw in sent_since], last, crowd.actors)

    found = {who: after[who] for who in ["visitor", *ACTORS]}
    for who, gone in GOING.items():
        found |= {f"{who}, before": before[who], f"{who}, {gone}": after[who]}
        found |= {f"{who}, before, by key": by_key[who], f"{who}, {gone}, by key": by_old_key[who]}
    found |= letters
    lost = {
        f"{who}{how}": sum(not crowd.sight(now, who)(row) for row in crawled[who].seen)
        for how, crawled in {"": before, " by key": by_key}.items()
        for who in GOING
    }
    head = (
        f"{planted} texts and {files} files carry a word of their row; {len(sent) + len(sent_since)} letters went out"
    )
    return report(head, found, lost)


def report(head: str, found: dict[str, Crawl], lost: dict[str, int]) -> tuple[str, bool]:
    """All of it in lines, and whether it is as it should be."""
    leaks = [f"  {who} read {row[0]} {row[1]} at {where}" for who in found for where, row in found[who].foreign]
    missed = [who for who in found if found[who].unread[""]]
    short = [who for who in ACTORS if found[who].total() < LEAST]
    deactivated = f"{IS_DEACTIVATED}, {GOING[IS_DEACTIVATED]}, by key"
    blind = [who for who in found if not found[who].seen and who != deactivated]
    blind += [who for who, rows in lost.items() if not rows]
    kinds: Counter[str] = sum((each.kinds for each in found.values()), Counter())
    lines = [
        f"{head}\n",
        *_table(found),
        "\nread: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        "words read before, and not theirs any more: " + ", ".join(f"{rows} {who}" for who, rows in lost.items()),
        *_unread(found),
        f"foreign words: {len(leaks)}; pages unread: {missed or 'none'}; fewer than {LEAST} answers: "
        f"{short or 'nobody'}; saw no word: {blind or 'nobody'}",
        *leaks[:20],
    ]
    return "\n".join(lines), not (leaks or missed or short or blind)


def _table(found: dict[str, Crawl]) -> list[str]:
    statuses = sorted({status for each in found.values() for status in each.answers})
    lines: list[list[object]] = [["", "answers", *statuses, "words", "foreign", "unread", "endless"]]
    for who, each in found.items():
        counts = [each.answers[status] for status in statuses]
        unread = [each.unread[""], each.unread.total() - each.unread[""]]
        lines.append([who, each.total(), *counts, len(each.seen), len(each.foreign), *unread])
    return [f"{who!s:48}" + "".join(f"{number!s:>8}" for number in numbers) for who, *numbers in lines]


def _unread(found: dict[str, Crawl]) -> list[str]:
    """Of what has no end and was left, the kinds of which most was left, by reader."""
    kinds = {who: [(count, kind) for kind, count in each.unread.most_common() if kind] for who, each in found.items()}
    return [
        f"{who} left of {len(left)} kinds: " + ", ".join(f"{count} {kind}" for count, kind in left[:6])
        for who, left in kinds.items()
        if left
    ]


def the_world() -> oracle.World:
    with acting_as(SYSTEM):
        return oracle.World()


def letters_in(post: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(Path(post, "new").iterdir())]
