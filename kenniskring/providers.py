"""Providers of identity, as the environment lists them: ACM/IDM, Entra ID, any OpenID provider."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDED = {"id", "name", "server_url", "client_id", "secret"}
OPTIONAL = {"key": "sub", "scope": ["openid", "profile", "email"], "trust_email": False}
"""``key``: the claim that says who someone is. ``trust_email``: whether this provider's "email_verified" is proof."""


def read_providers(text: str) -> list[dict[str, Any]]:
    """OIDC_PROVIDERS, a JSON list, as allauth's apps. Raises ImproperlyConfigured: we do not start half-open."""
    try:
        providers = [_read(each) for each in json.loads(text)]
    except (ValueError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS is no JSON list of providers: {error}") from error
    for own in ("provider_id", "client_id"):
        if len({each[own] for each in providers}) != len(providers):
            raise ImproperlyConfigured(f"OIDC_PROVIDERS: each provider has a {own} of its own.")
    return providers


def _read(given: dict[str, Any]) -> dict[str, Any]:
    missing, unknown = NEEDED - given.keys(), given.keys() - NEEDED - OPTIONAL.keys()
    if missing or unknown:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: missing {sorted(missing)}, unknown {sorted(unknown)}.")
    if not re.fullmatch(r"[a-z0-9-]{1,40}", given["id"]):
        raise ImproperlyConfigured("OIDC_PROVIDERS: an id has small letters, digits and hyphens; it is in addresses.")
    address = urlsplit(given["server_url"])
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1"):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {given['server_url']} must be https.")
    chosen = OPTIONAL | {name: given[name] for name in OPTIONAL if name in given}
    return {
        "provider_id": given["id"],
        "name": given["name"],
        "client_id": given["client_id"],
        "secret": given["secret"],
        "settings": {
            "server_url": given["server_url"].rstrip("/"),
            "uid_field": chosen["key"],
            "scope": chosen["scope"],
            "trust_email": chosen["trust_email"] is True,
        },
    }
