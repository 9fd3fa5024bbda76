"""A real OpenID provider on the loopback interface, whose answers a test can twist."""

from __future__ import annotations

import html
import io
import json
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import oidc_provider_mock
import requests
import werkzeug.serving
from werkzeug.test import run_wsgi_app

from kenniskring.providers import read_providers


class Provider:
    """``people`` are its users with their claims; what it says wrongly is chosen per answer.

    ``host["/oauth2/token"] = "127.0.0.1:80"`` makes it answer there under another name, which is how its tokens get
    another issuer; ``instead["/jwks"] = {...}`` puts something into the JSON object that it answers there.
    """

    def __init__(self, port: int = 0, **people: dict[str, Any]) -> None:
        users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in people.items()]
        self.app = oidc_provider_mock.app(user_claims=users)
        self.host: dict[str, str] = {}
        self.instead: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        self.server = werkzeug.serving.make_server("localhost", port, self.answer, threaded=True)
        self.url = f"http://localhost:{self.server.server_port}"

    def answer(self, environ, start_response):
        path = environ["PATH_INFO"]
        self.asked.append(path)
        environ["HTTP_HOST"] = self.host.get(path, environ["HTTP_HOST"])
        if path == "/oauth2/token":
            form = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(form)
            self.forms.append(parse_qs(form.decode()))
        if path not in self.instead:
            with warnings.catch_warnings(action="ignore"):  # of its own libraries
                return self.app(environ, start_response)
        with warnings.catch_warnings(action="ignore"):
            body, status, headers = run_wsgi_app(self.app, environ)
        said = json.dumps(json.loads(b"".join(body)) | self.instead[path]).encode()
        headers["Content-Length"] = str(len(said))
        start_response(status, list(headers))
        return [said]


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """While the block lasts."""
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        thread.join()
        provider.server.server_close()


NAMES = {"name": "Ann Ambtenaar", "given_name": "Ann", "family_name": "Ambtenaar"}
PEOPLE = {
    "ann": NAMES | {"vo_id": "vo-ann"},
    "tem": NAMES | {"vo_id": "vo-tem", "email": "ann@temse.example", "email_verified": True},
    "lies": NAMES | {"vo_id": "vo-lies", "email": "lies.lid@demo.example", "email_verified": False},
    "liesbewezen": NAMES | {"vo_id": "vo-bewezen", "email": "lies.lid@demo.example", "email_verified": True},
    "leeg": NAMES | {"vo_id": None},
    "getal": NAMES | {"vo_id": 12},
}


def configured(url, **changes):
    acm = {"id": "acm", "name": "ACM/IDM", "key": "vo_id", "trust_email": True, "client_id": "kring"}
    entra = {"id": "entra", "name": "Entra ID", "client_id": "kring-entra"}
    both = {"server_url": url, "secret": "geheim:met/tekens"}
    return read_providers(json.dumps([acm | both | changes, entra | both]))


# --- The journey ----------------------------------------------------------------------------------------------------


def leave(client, provider_id="acm", **form) -> str:
    """The address of the provider's log-in page."""
    page = client.post(f"/account/oidc/{provider_id}/login/", form)
    assert page.status_code == 200, page
    (address,) = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    return html.unescape(address)


def say_who(address: str, sub: str) -> str:
    """Log in at the provider; where it sends the browser back to."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert (back.scheme, back.netloc) == ("http", "testserver")
    return f"{back.path}?{back.query}"


def come(client, sub: str, provider_id="acm", **form):
    """All the way: the page that one ends up on."""
    return client.get(say_who(leave(client, provider_id, **form), sub), follow=True)


def changed(address: str, **values: str) -> str:
    """The same address with other values."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({k: v[0] for k, v in parse_qs(parts.query).items()} | values)))


def is_in(client) -> bool:
    return client.get("/mijn/").status_code == 200


def turned_away(page, provider="ACM/IDM") -> bool:
    """On the page with the other ways in, and told why."""
    said = f"Aanmelden met {provider} is niet gelukt. Probeer het opnieuw, of meld u aan met uw wachtwoord."
    return page.request["PATH_INFO"] == "/account/login/" and said in page.text
