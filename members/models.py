"""People, their place in a circle, and their wish to have one."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from regions.models import Circle, LocalGovernment, Partner
from regions.wall import DOOR, STEWARD, SYSTEM_ONLY, Wall, among_peers, led, mine

# Being in one's circle makes a profile visible, so a trekker can put nobody there whom they do not see already.
KNOWN = "member_id = ANY((SELECT app.people())::bigint[])"


class MemberQuerySet(models.QuerySet["Member"]):
    """Members, narrowed."""

    def active(self) -> MemberQuerySet:
        return self.filter(is_active=True)

    def in_circle(self, circle: Circle) -> MemberQuerySet:
        """Who is in this circle today; everyone who is in any, for the umbrella circle."""
        memberships = Membership.objects.current()
        if circle.kind != Circle.Kind.UMBRELLA:
            memberships = memberships.filter(circle=circle)
        return self.active().filter(pk__in=memberships.values("member"))

    def trekkers_of(self, circle: Circle) -> MemberQuerySet:
        """Who leads this circle today."""
        return self.active().filter(pk__in=Membership.objects.trekkers().filter(circle=circle).values("member"))

    def community_managers(self) -> MemberQuerySet:
        return self.active().filter(is_community_manager=True)


class MemberManager(BaseUserManager["Member"].from_queryset(MemberQuerySet)):  # type: ignore[misc]
    """Finds people by address, whatever its case, and makes them."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(email__iexact=username)

    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> Member:
        member = self.model(email=self.normalize_email(email).lower(), name=name, **extra)
        member.set_password(password)
        member.save()
        return member


class Member(AbstractBaseUser):
    """Someone with a profile, who works for a local government or for a partner.

    The row holds what fellow members may know. What is only the member's own (the secret of a calendar feed) has a
    table of its own, because the wall is about rows.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    job_title = models.CharField(_("function"), max_length=80, blank=True)
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        related_name="members",
        null=True,
        blank=True,
        verbose_name=_("local government"),
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="members", null=True, blank=True, verbose_name=_("partner")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_community_manager = models.BooleanField(
        _("community manager"), default=False, help_text=_("Works for V-ICT-OR and follows all circles.")
    )
    works_elsewhere = models.BooleanField(
        _("works for another organisation"),
        default=False,
        help_text=_("Said so when registering. An address of a local government then gives no place in its circle."),
    )
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    language = models.CharField(
        _("language"),
        max_length=2,
        blank=True,
        default="",
        db_default="",
        choices=settings.LANGUAGES,
        help_text=_("Of pages and e-mails. Empty: never chosen, so Dutch."),
    )
    last_login = None  # logging in changes no row that others read, and nobody needs to know when it was

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            # Nobody changes their own row: it also holds roles. Profile and password go through named switches.
            Wall(
                name="members_wall",
                see=f"{mine('id')} OR {STEWARD} OR {DOOR} OR id = ANY((SELECT app.people())::bigint[])",
                add=f"({DOOR} AND is_active AND NOT is_community_manager) OR {STEWARD}",
                change=f"({DOOR} AND app.keeps_powers(id, is_active, is_community_manager)) OR {STEWARD}",
                delete=STEWARD,
            ),
            models.UniqueConstraint(Lower("email"), name="one_member_per_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation(self) -> LocalGovernment | Partner | None:
        """Where this person works."""
        return self.government or self.partner

    @cached_property
    def is_vendor(self) -> bool:
        """Works for a supplier: may be in a circle, never sees who else is or who comes."""
        return self.partner is not None and self.partner.kind == Partner.Kind.VENDOR

    # What Django's admin asks of a user.

    @property
    def is_staff(self) -> bool:
        return self.is_community_manager

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_community_manager

    def has_perms(self, perm_list, obj: object = None) -> bool:
        return self.is_active and self.is_community_manager

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_community_manager


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, narrowed. ``trekkers()`` says in Python what ``app.led()`` says in PostgreSQL."""

    def current(self) -> MembershipQuerySet:
        return self.filter(ended_at=None)

    def trekkers(self) -> MembershipQuerySet:
        today = timezone.localdate()
        return (
            self.current()
            .filter(
                Q(mandate_end=None) | Q(mandate_end__gte=today),
                role=Membership.Role.TREKKER,
                mandate_start__lte=today,
            )
            .exclude(member__partner__kind=Partner.Kind.VENDOR)
        )


class Membership(models.Model):
    """The place of a member in a circle. Leaving ends it; the row stays as history."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        TREKKER = "trekker", _("trekker")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("member")
    )
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="memberships", verbose_name=_("circle"))
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.MEMBER)
    mandate_start = models.DateField(_("mandate starts"), null=True, blank=True)
    mandate_end = models.DateField(_("mandate ends"), null=True, blank=True, help_text=_("Last day of the mandate."))
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    ended_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["member"], condition=Q(ended_at=None), name="memberships_of_a_member")]
        constraints = [
            Wall(
                name="memberships_wall",
                see=f"{mine()} OR {among_peers()} OR {led()}",
                add=f"{led()} AND ({KNOWN} OR {STEWARD})",
                change=f"{led()} AND ({KNOWN} OR {STEWARD})",
                delete=STEWARD,
            ),
            models.UniqueConstraint(fields=["member", "circle"], condition=Q(ended_at=None), name="once_in_a_circle"),
            models.CheckConstraint(
                condition=~Q(role="trekker") | Q(mandate_start__isnull=False), name="a_trekker_has_a_mandate"
            ),
            models.CheckConstraint(
                condition=Q(mandate_end=None) | Q(mandate_end__gte=F("mandate_start")),
                name="mandate_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.circle}"

    @property
    def is_trekker(self) -> bool:
        """Leads the circle today."""
        today = timezone.localdate()
        return (
            self.ended_at is None
            and self.role == self.Role.TREKKER
            and self.mandate_start is not None
            and self.mandate_start <= today
            and (self.mandate_end is None or self.mandate_end >= today)
        )


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    """Requests, narrowed."""

    def open(self) -> JoinRequestQuerySet:
        return self.filter(decided_at=None)


class JoinRequest(models.Model):
    """A wish to be in a circle that is not granted by itself.

    Either a person asks and the circle's trekkers or a community manager decide, or a trekker asks
    (``asked_by``) and the person decides.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests", verbose_name=_("member")
    )
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="join_requests", verbose_name=_("circle"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    message = models.TextField(_("message"), blank=True, max_length=1000)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    accepted = models.BooleanField(_("accepted"), null=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at"]
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [
            # Whom a trekker asked is for that person to answer: seeing the row would tell who has a profile.
            Wall(
                name="join_requests_wall",
                see=f"{mine()} OR (asked_by_id IS NULL AND {led()}) OR {STEWARD}",
                add=STEWARD,
                change=f"(asked_by_id IS NULL AND {led()} AND {KNOWN}) OR {STEWARD}",
                delete=STEWARD,
            ),
            models.UniqueConstraint(
                fields=["member", "circle"], condition=Q(decided_at=None), name="one_open_request_per_circle"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, accepted=None) | Q(decided_at__isnull=False, accepted__isnull=False),
                name="decided_means_yes_or_no",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} → {self.circle}"

    def get_absolute_url(self) -> str:
        """Where it is answered: by whom was asked, or by who decides."""
        return reverse("answer_asking" if self.asked_by_id else "decide_request", args=[self.pk])


def new_secret() -> str:
    """32 random bytes, safe in a URL."""
    return secrets.token_urlsafe(32)


class FeedAddress(models.Model):
    """The secret in the address of a member's calendar feed. A new one makes the old address useless."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_address")
    secret = models.CharField(max_length=64, unique=True, default=new_secret)
    keeps_cancelled = models.BooleanField(
        _("cancelled meetings"),
        default=True,
        db_default=True,
        help_text=_("Shown as cancelled; otherwise they leave the calendar."),
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feed address")
        verbose_name_plural = _("feed addresses")
        constraints = [
            Wall(
                name="feed_addresses_wall",
                see=f"{mine()} OR {SYSTEM_ONLY}",
                add=f"{mine()} OR {SYSTEM_ONLY}",
                change=f"{mine()} OR {SYSTEM_ONLY}",
            )
        ]
