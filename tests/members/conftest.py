"""An OpenID provider that runs, and a portal that knows it."""

import pytest
from django.core.cache import cache

from .provider import PEOPLE, Provider, configured, running


@pytest.fixture(scope="module")
def server():
    with running(Provider(**PEOPLE)) as provider:
        yield provider


@pytest.fixture
def provider(server, settings, db):
    """ACM/IDM keyed on vo_id, whose addresses we believe; Entra ID keyed on sub, whose addresses we do not."""
    server.host.clear()
    server.instead.clear()
    server.asked.clear()
    server.forms.clear()
    cache.clear()
    settings.OIDC_PROVIDERS = configured(server.url)
    return server
