"""The stage of the tests that go through HTTP."""

from .http_world import built, stage  # noqa: F401
