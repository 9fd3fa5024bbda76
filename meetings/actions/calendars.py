"""The secret address of a member's calendar feed."""

from django.utils import timezone

from members.models import FeedAddress, Member, new_secret
from regions.journal import action


class NoFeed(Exception):
    """This member has no calendar address yet."""


@action
def choose_cancelled(*, by: Member, keeps: bool) -> FeedAddress:
    """Whether cancelled meetings stay in the feed of ``by``, marked so, or leave it. Refuses with NoFeed."""
    address = FeedAddress.objects.filter(member=by).first()
    if address is None:
        raise NoFeed
    address.keeps_cancelled = keeps
    address.save(update_fields=["keeps_cancelled"])
    return address


@action
def renew_feed(*, by: Member) -> FeedAddress:
    """Give ``by`` a new address; whoever has the old one gets nothing more."""
    address, _ = FeedAddress.objects.update_or_create(
        member=by, defaults={"secret": new_secret(), "made_at": timezone.now()}
    )
    return address
