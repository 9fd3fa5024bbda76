"""Who there is in the network: local governments, the circles they take part in, and partners."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .flanders import Province, ReferenceRegion
from .wall import ANYONE, NOBODY, STEWARD, Wall, led


class LocalGovernmentQuerySet(models.QuerySet["LocalGovernment"]):
    """Local governments, narrowed."""

    def in_no_circle(self) -> LocalGovernmentQuerySet:
        """The blind spots: no circle has them today."""
        return self.exclude(pk__in=Participation.objects.current().values("government"))

    def with_mail_domain(self, address: str) -> LocalGovernmentQuerySet:
        """Those that use the domain of this e-mail address."""
        return self.filter(mail_domains__contains=[address.rpartition("@")[2].lower()])


class LocalGovernment(models.Model):
    """A city or municipality with its OCMW: together one *lokaal bestuur*. Flanders has 285 since 1 January 2025."""

    class Kind(models.TextChoices):
        CITY = "city", _("city")
        MUNICIPALITY = "municipality", _("municipality")

    nis_code = models.CharField(_("NIS code"), max_length=5, unique=True)
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("name in addresses"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    province = models.CharField(_("province"), max_length=20, choices=Province)
    reference_region = models.CharField(_("reference region"), max_length=24, choices=ReferenceRegion)
    postal_code = models.CharField(_("postal code"), max_length=4)
    population = models.PositiveIntegerField(_("inhabitants"))
    population_on = models.DateField(_("inhabitants on"))
    latitude = models.FloatField(_("latitude"), help_text=_("WGS 84, degrees"))
    longitude = models.FloatField(_("longitude"), help_text=_("WGS 84, degrees"))
    website = models.CharField(_("website"), max_length=80, blank=True)
    mail_domains = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("mail domains"),
        default=list,
        blank=True,
        help_text=_("Whoever confirms an e-mail address in one of these domains works here."),
    )
    kbo_number = models.CharField(_("KBO number"), max_length=10, blank=True)

    objects = LocalGovernmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("local government")
        verbose_name_plural = _("local governments")
        constraints = [Wall(name="governments_wall", see=ANYONE, add=STEWARD, change=STEWARD)]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("government", args=[self.slug])


class FormerGovernment(models.Model):
    """A municipality that went up in another by a merger. Its name still finds its successor."""

    nis_code = models.CharField(_("NIS code"), max_length=5, unique=True)
    name = models.CharField(_("name"), max_length=60)
    successor = models.ForeignKey(
        LocalGovernment, models.CASCADE, related_name="predecessors", verbose_name=_("merged into")
    )
    merged_on = models.DateField(_("merged on"))
    kbo_number = models.CharField(_("KBO number"), max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("former municipality")
        verbose_name_plural = _("former municipalities")
        constraints = [Wall(name="former_governments_wall", see=ANYONE, add=STEWARD, change=STEWARD)]

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """Where people work who do not work for a local government."""

    class Kind(models.TextChoices):
        FLEMISH = "flemish", _("Flemish government")
        FEDERAL = "federal", _("federal government")
        ASSOCIATION = "association", _("association")
        VENDOR = "vendor", _("supplier")
        KNOWLEDGE = "knowledge", _("knowledge institute")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    website = models.CharField(_("website"), max_length=80, blank=True)
    mail_domains = ArrayField(
        models.CharField(max_length=80), verbose_name=_("mail domains"), default=list, blank=True
    )

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [Wall(name="partners_wall", see=ANYONE, add=STEWARD, change=STEWARD)]

    def __str__(self) -> str:
        return self.name


class CircleQuerySet(models.QuerySet["Circle"]):
    """Circles, narrowed."""

    def active(self) -> CircleQuerySet:
        return self.exclude(state=Circle.State.CLOSED)

    def regional(self) -> CircleQuerySet:
        return self.filter(kind=Circle.Kind.REGIONAL)

    def for_government(self, government: LocalGovernment) -> CircleQuerySet:
        """The circles that this government takes part in today."""
        return self.filter(pk__in=Participation.objects.current().filter(government=government).values("circle"))

    def with_nis_codes(self) -> CircleQuerySet:
        """Each with ``nis_codes``: of the local governments that take part today, in order."""
        return self.annotate(nis_codes=nis_codes("pk"))


class Circle(models.Model):
    """A tenant: a group of local governments that meets to share knowledge. That it exists is public; what is said is not."""

    class Kind(models.TextChoices):
        REGIONAL = "regional", _("regional knowledge circle")
        WORKING_GROUP = "working_group", _("working group")
        STEERING_GROUP = "steering_group", _("steering group")
        COMMUNITY = "community", _("community of practice")
        UMBRELLA = "umbrella", _("umbrella circle")

    class Rhythm(models.TextChoices):
        QUARTER = "quarter", _("every quarter")
        SIX_WEEKS = "six_weeks", _("every six weeks")
        SERIES = "series", _("four or five meetings around one theme")
        BEFORE = "before", _("before the meeting of another circle")
        FREE = "free", _("when there is a need")

    class Joining(models.TextChoices):
        DOMAIN = "domain", _("at once with the e-mail address of a participating government, otherwise on request")
        REQUEST = "request", _("on request")
        INVITATION = "invitation", _("by invitation")
        EVERYONE = "everyone", _("every member of a circle is also a member here")

    class State(models.TextChoices):
        FORMING = "forming", _("being set up")
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("name in addresses"), unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    region = models.CharField(_("reference region"), max_length=24, choices=ReferenceRegion, blank=True)
    about = models.TextField(_("about this circle"), blank=True)
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=Rhythm, default=Rhythm.QUARTER)
    series_length = models.PositiveSmallIntegerField(
        _("meetings in the series"),
        null=True,
        blank=True,
        help_text=_("Four or five. Empty: not decided yet."),
    )
    series_from = models.DateField(
        _("series from"),
        null=True,
        blank=True,
        help_text=_("Meetings before this day do not count, such as an intake. Empty: all meetings count."),
    )
    meets_before = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="prepared_by",
        verbose_name=_("meets before"),
        help_text=_("The circle whose meetings this one prepares."),
    )
    weeks_before = models.PositiveSmallIntegerField(_("weeks before"), null=True, blank=True)
    joining = models.CharField(_("joining"), max_length=12, choices=Joining, default=Joining.DOMAIN)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    governments = models.ManyToManyField(
        LocalGovernment, through="Participation", related_name="circles", verbose_name=_("local governments")
    )

    objects = CircleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("circle")
        verbose_name_plural = _("circles")
        # Each look at who asks looks for it.
        indexes = [models.Index(fields=["id"], condition=Q(kind="umbrella"), name="umbrella_circles")]
        constraints = [
            Wall(name="circles_wall", see=ANYONE, add=STEWARD, change=STEWARD),
            models.UniqueConstraint(
                fields=["region"], condition=~Q(region=""), name="one_circle_per_reference_region"
            ),
            models.CheckConstraint(
                condition=Q(series_length=None, series_from=None)
                | Q(rhythm="series") & (Q(series_length=None) | Q(series_length__in=[4, 5])),
                name="a_series_has_four_or_five",
                violation_error_message=_("Only a series of four or five meetings has a length and a first day."),
            ),
            models.CheckConstraint(
                condition=(~Q(rhythm="before") & Q(meets_before=None, weeks_before=None))
                | (
                    Q(rhythm="before", meets_before__isnull=False, weeks_before__range=(1, 12))
                    & ~Q(meets_before=F("id"))
                ),
                name="before_says_what_and_when",
                violation_error_message=_(
                    "A circle that meets before another one says which other one, and one to twelve weeks before."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("circle", args=[self.slug])

    @property
    def interval(self) -> dt.timedelta:
        """The time from one meeting to the next, by rhythm; a quarter where the circle has no fixed one."""
        return dt.timedelta(weeks=6 if self.rhythm in {self.Rhythm.SIX_WEEKS, self.Rhythm.SERIES} else 13)


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """Participations, narrowed."""

    def current(self) -> ParticipationQuerySet:
        today = timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gt=today), since__lte=today)


class Participation(models.Model):
    """A local government takes part in a circle, from a day, until a day (that day not included)."""

    government = models.ForeignKey(
        LocalGovernment, models.CASCADE, related_name="participations", verbose_name=_("local government")
    )
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="participations", verbose_name=_("circle"))
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    willing = models.BooleanField(
        _("receives meetings"),
        default=True,
        db_default=True,
        help_text=_("Not willing, or no room: it is left out of the rota."),
    )

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            Wall(name="participations_wall", see=ANYONE, add=led(), change=led()),
            models.UniqueConstraint(
                fields=["government", "circle"], condition=Q(until=None), name="one_open_participation"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")),
                name="participation_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.government} – {self.circle}"


def nis_codes(circle: str) -> ArraySubquery:
    """Of the local governments that take part today in the circle of this column, in order."""
    taking_part = Participation.objects.current().filter(circle=OuterRef(circle))
    return ArraySubquery(taking_part.order_by("government__nis_code").values("government__nis_code"))


class JournalEntry(models.Model):
    """Someone did something, for someone. Written by ``journal.action``; PostgreSQL lets nobody change or delete it.

    People are kept as numbers: the line stays when the person is forgotten.
    """

    at = models.DateTimeField(_("when"), db_default=Now())
    actor = models.CharField(
        _("acting"),
        max_length=40,
        db_default=models.Func(function="app.actor"),
        help_text=_("As the database saw it: member:12, system, visitor or doorkeeper."),
    )
    by_id = models.BigIntegerField(_("by"), null=True, blank=True)
    what = models.CharField(_("what"), max_length=60)
    about = models.CharField(_("about"), max_length=60)
    circle = models.ForeignKey(
        Circle, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("circle")
    )
    whom_id = models.BigIntegerField(_("for"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        verbose_name = _("line in the journal")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["-at"], name="journal_by_moment"),
            models.Index(fields=["by_id"], name="journal_by_who"),
        ]
        constraints = [
            Wall(
                name="journal_wall",
                see=STEWARD,
                add="actor = (SELECT app.actor()) AND at = statement_timestamp()",
                change=NOBODY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.about}"
