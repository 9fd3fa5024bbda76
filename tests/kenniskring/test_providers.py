"""OIDC_PROVIDERS from the environment: what is not described well stops the start."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from kenniskring.providers import read_providers

GOOD = {"id": "acm", "name": "ACM/IDM", "server_url": "https://acm.example/op", "client_id": "x", "secret": "y"}


@pytest.mark.parametrize(
    "wrong",
    [
        [{name: value for name, value in GOOD.items() if name != "secret"}],
        [GOOD | {"sleutel": "vo_id"}],
        [GOOD | {"server_url": "http://acm.example"}],
        [GOOD | {"id": "ACM/IDM"}],
        [GOOD, GOOD],
        [GOOD, GOOD | {"id": "entra"}],
        {"acm": GOOD},
        "acm",
    ],
)
def test_a_provider_that_is_not_described_well_stops_the_start(wrong):
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        read_providers(json.dumps(wrong))
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        read_providers("{")
