"""The secret address of a member's calendar feed."""

from django.utils import timezone

from members.models import FeedAddress, Member, new_secret
from regions.journal import action


@action
def renew_feed(*, by: Member) -> FeedAddress:
    """Give ``by`` a new address; whoever has the old one gets nothing more."""
    address, _ = FeedAddress.objects.update_or_create(
        member=by, defaults={"secret": new_secret(), "made_at": timezone.now()}
    )
    return address
