"""What the circles talk about. Recordings, documents and good practices join here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.wall import ANYONE, STEWARD, Wall


class Topic(models.Model):
    """A theme to which meetings, speakers and, later, questions and files are tied."""

    slug = models.SlugField(_("name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    category = models.CharField(_("category"), max_length=60)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering: ClassVar = ["title"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [Wall(name="topics_wall", see=ANYONE, add=STEWARD, change=STEWARD)]

    def __str__(self) -> str:
        return self.title
