"""The stage of the walks through all pages."""

from tests.wall.http_world import built, stage  # noqa: F401
