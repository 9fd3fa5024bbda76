"""The topics to begin with, from the file in ``data/``. V-ICT-OR keeps the list; later ones are made in the admin."""

from pathlib import Path

from django.db import transaction

from regions.facts import Tally, keep_up, read

from .models import Topic

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> dict[str, Tally]:
    """Bring the topics up to date. Harmless to repeat."""
    return {"topics": keep_up(Topic, "slug", read(DATA / "topics.csv"))}
