"""What each role may do in a circle: the second gate, after the wall said what exists. One table."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.db import connection


class Role(StrEnum):
    """What someone is to a circle. Each may what the ones before it may."""

    VISITOR = "visitor"
    MEMBER = "member"
    COLLEAGUE = "colleague"  # a member who works for no supplier
    TREKKER = "trekker"
    MANAGER = "manager"


LEAST_ROLE = {
    "browse": Role.VISITOR,  # what the wall lets through
    "ask to join": Role.VISITOR,
    "answer": Role.VISITOR,  # to any meeting one sees, also one for the network; logging in is the lock's business
    "see members": Role.MEMBER,
    "leave": Role.MEMBER,
    "come always": Role.MEMBER,
    "speak freely": Role.COLLEAGUE,  # what colleagues tell each other and no supplier hears
    "see the rota": Role.COLLEAGUE,  # whose turn it is to host, who is willing
    "plan": Role.TREKKER,  # make, change, publish, move, cancel meetings and their programme
    "invite": Role.TREKKER,
    "ask speakers": Role.TREKKER,
    "see post": Role.TREKKER,  # what was sent, to whom, when, and what failed
    "decide requests": Role.TREKKER,
    "ask members": Role.TREKKER,
    "give roles": Role.TREKKER,
    "administer": Role.MANAGER,
}
"""The least role per verb."""

ORDER = list(Role)


@dataclass(frozen=True)
class Rights:
    """What the current actor is to which circle, as PostgreSQL says. Ids of circles."""

    circles: frozenset[int] = field(default_factory=frozenset)
    peers: frozenset[int] = field(default_factory=frozenset)
    led: frozenset[int] = field(default_factory=frozenset)
    colleagues: frozenset[int] = field(default_factory=frozenset)
    is_insider: bool = False
    is_manager: bool = False
    desks: tuple[tuple[str, str], ...] = ()  # slug and name of the circles they lead as a trekker, for the navigation
    lacks_second_factor: bool = False  # has a role, and will have it here once this session has shown a second factor
    hosting: frozenset[int] = field(default_factory=frozenset)  # meetings that they were asked to receive

    def role_in(self, circle_id: int) -> Role:
        if self.is_manager:
            return Role.MANAGER
        if circle_id in self.led:
            return Role.TREKKER
        if circle_id in self.colleagues:
            return Role.COLLEAGUE
        if circle_id in self.circles:
            return Role.MEMBER
        return Role.VISITOR

    def may(self, verb: str, circle_id: int) -> bool:
        """Whether the table above lets the actor do ``verb`` in this circle. KeyError for a verb it does not know."""
        return ORDER.index(self.role_in(circle_id)) >= ORDER.index(LEAST_ROLE[verb])

    def might_do(self, verb: str) -> bool:
        """Whether a second factor may be all that is lacking for ``verb``; which circle is not looked at."""
        return self.lacks_second_factor and ORDER.index(LEAST_ROLE[verb]) >= ORDER.index(Role.TREKKER)


def rights_of_the_actor() -> Rights:
    """Asked of PostgreSQL in one query, by the wall's own functions, so that the two gates cannot drift apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.circles, a.peers, a.led, a.is_insider, a.is_manager,
                   (SELECT array_agg(ARRAY[slug, name] ORDER BY name) FROM regions_circle
                    WHERE id = ANY(a.led) AND NOT a.is_steward),
                   a.lacks_second_factor, a.is_vendor, app.hosting()
            FROM app.asker() AS a
            """
        )
        circles, peers, led, is_insider, is_manager, desks, lacks_second_factor, is_vendor, hosting = (
            cursor.fetchone()
        )
    return Rights(
        frozenset(circles),
        frozenset(peers),
        frozenset(led),
        frozenset() if is_vendor else frozenset(circles),
        is_insider,
        is_manager,
        tuple((slug, name) for slug, name in desks or []),
        lacks_second_factor,
        frozenset(hosting),
    )
