"""What a proven e-mail address says about where someone works. Only the address of today counts."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from regions.models import Circle, LocalGovernment, Partner

from .models import Member


def proven_address(member: Member) -> str:
    """The address that this member has shown to own; empty when there is none yet. For the member and the portal."""
    return (
        EmailAddress.objects.filter(user=member, verified=True, primary=True).values_list("email", flat=True).first()
        or ""
    )


def proves_government(address: str, government: LocalGovernment | None) -> bool:
    """Whether ``address`` is one of this local government."""
    return government is not None and domain_of(address) in government.mail_domains


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def only_government_of(address: str) -> LocalGovernment | None:
    """The local government of this address, when exactly one uses its domain."""
    found = list(LocalGovernment.objects.with_mail_domain(address)[:2])
    return found[0] if len(found) == 1 else None


def partner_of(address: str) -> Partner | None:
    """The partner whose domain this is. A supplier is known by it, whatever else they say about themselves."""
    return Partner.objects.filter(mail_domains__contains=[domain_of(address)]).first()


def joins_at_once(member: Member, circle: Circle) -> bool:
    """The circle takes known domains, and the member's address of today is one of their government, which takes part.

    Whoever was in the circle before asks: they may have been taken out.
    """
    government = member.government
    return (
        government is not None
        and member.partner_id is None
        and circle.joining == Circle.Joining.DOMAIN
        and circle.state != Circle.State.CLOSED
        and proves_government(proven_address(member), government)
        and not member.memberships.exclude(ended_at=None).filter(circle=circle).exists()
        and Circle.objects.for_government(government).filter(pk=circle.pk).exists()
    )
