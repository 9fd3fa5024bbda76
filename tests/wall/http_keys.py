"""What comes before a form about logging in: the letter with the link, a code of an app, a passkey of no device.

Each is for the member of Waasland, or for the visitor who is that member and has not logged in yet, and gives what is
typed. The session that asks is kept in the jar, as a browser would.
"""

import copy
import hashlib
import json
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from members.second_factor import Adapter
from regions.wall import DOORKEEPER, acting_as
from tests import make
from tests.members.test_second_factor import code

SECRET = "KENNISKRINGKENNISKRING234567ABCD"  # of an app with codes
FLAG = AuthenticatorData.FLAG
KEY = ec.derive_private_key(20261121, ec.SECP256R1())
CREDENTIAL = AttestedCredentialData.create(Aaguid.NONE, b"sleutel", ES256.from_cryptography_key(KEY.public_key()))


def ask(stage, who: str, method: str, page: str, data: Any = None) -> Any:
    """As ``stage.ask``, for somebody who keeps the cookies that the answer gave."""
    response = stage.ask(who, method, reverse(page), data)
    stage.jars[who] = copy.deepcopy(stage.clients[who].cookies)
    return response


def where(stage, page: str, **parts: Any) -> None:
    """The address of ``page``, of which a part was not known before."""
    stage.things["key"] = stage.things.get("key", {}) | {page: parts}


# --- Links of letters -----------------------------------------------------------------------------------------------


def link_for_a_password(stage) -> dict[str, Any]:
    member = stage.person("member")
    with acting_as(DOORKEEPER):
        uid, key = user_pk_to_url_str(member), default_token_generator.make_token(member)
    stage.ask("visitor", "get", reverse("account_reset_password_from_key", args=[uid, key]))
    stage.jars["visitor"] = copy.deepcopy(stage.clients["visitor"].cookies)
    where(stage, "account_reset_password_from_key", uidb36=uid, key="set-password")
    return {"password1": "een-heel-lang-wachtwoord", "password2": "een-heel-lang-wachtwoord"}


def link_of_an_address(stage) -> dict[str, Any]:
    with acting_as(DOORKEEPER):
        added = EmailAddress.objects.create(user=stage.person("member"), email="anders@demo.example")
    where(stage, "account_confirm_email", key=EmailConfirmationHMAC(added).key)
    return {}


# --- Second factors -------------------------------------------------------------------------------------------------


def only_a_password(stage) -> dict[str, Any]:
    with acting_as(DOORKEEPER):
        Authenticator.objects.filter(user=stage.person("member")).delete()
    return {"password": make.PASSWORD}


def password_shown(stage) -> None:
    ask(stage, "member", "post", "account_reauthenticate", only_a_password(stage))


def first_code(stage) -> dict[str, Any]:
    password_shown(stage)
    return {"code": code(ask(stage, "member", "get", "mfa_activate_totp").context["form"].secret)}


def own_app(stage) -> dict[str, Any]:
    with acting_as(DOORKEEPER):
        Authenticator.objects.filter(user=stage.person("member")).update(data={"secret": Adapter().encrypt(SECRET)})
        RecoveryCodes.activate(stage.person("member"))
    return {"code": code(SECRET)}


def own_app_shown(stage) -> dict[str, Any]:
    ask(stage, "member", "post", "mfa_reauthenticate", own_app(stage))
    return {}


def password_then_code(stage) -> dict[str, Any]:
    own_app(stage)
    known = {"login": stage.person("member").email, "password": make.PASSWORD}
    ask(stage, "visitor", "post", "account_login", known)
    return {"code": code(SECRET)}


def credential(kind: str, options: Any, **answers: bytes) -> dict[str, str]:
    """What a browser sends of a passkey, in the hidden field that our script fills in."""
    said = CollectedClientData.create(f"webauthn.{kind}", options["publicKey"]["challenge"], "https://testserver")
    if kind == "get":
        signed = answers["authenticatorData"] + hashlib.sha256(said).digest()
        answers["signature"] = KEY.sign(signed, ec.ECDSA(SHA256()))
    response = {name: websafe_encode(value) for name, value in answers.items()}
    key = websafe_encode(CREDENTIAL.credential_id)
    whole = {"id": key, "rawId": key, "type": "public-key", "clientExtensionResults": {}}
    return {"credential": json.dumps(whole | {"response": response | {"clientDataJSON": websafe_encode(said)}})}


def data_of_the_key(flags: int, more: bytes = b"") -> AuthenticatorData:
    """A finger was on it, and it is for our address."""
    return AuthenticatorData.create(hashlib.sha256(b"testserver").digest(), flags | FLAG.UP | FLAG.UV, 0, more)


def new_passkey(stage) -> dict[str, Any]:
    password_shown(stage)
    options = ask(stage, "member", "get", "mfa_add_webauthn").context["js_data"]["creation_options"]
    made = AttestationObject.create("none", data_of_the_key(FLAG.AT, CREDENTIAL), {})
    return credential("create", options, attestationObject=made) | {"name": "laptop", "passwordless": "on"}


def own_passkey(stage) -> dict[str, Any]:
    sent = new_passkey(stage)
    ask(stage, "member", "post", "mfa_add_webauthn", sent)
    with acting_as(DOORKEEPER):
        pk = Authenticator.objects.get(user=stage.person("member"), type="webauthn").pk
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        where(stage, page, pk=pk)
    return {}


def new_name(stage) -> dict[str, Any]:
    return own_passkey(stage) | {"name": "kantoor"}


def passkey_again(stage) -> dict[str, Any]:
    own_passkey(stage)
    options = ask(stage, "member", "get", "mfa_reauthenticate_webauthn").context["js_data"]["request_options"]
    return credential("get", options, authenticatorData=data_of_the_key(0))


def passkey_at_the_door(stage) -> dict[str, Any]:
    own_passkey(stage)
    client = stage.clients["visitor"]
    client.cookies = copy.deepcopy(stage.jars["visitor"])
    page = client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    stage.jars["visitor"] = copy.deepcopy(client.cookies)
    handle = user_pk_to_url_str(stage.person("member")).encode()
    key = data_of_the_key(0)
    return credential("get", page.json()["request_options"], authenticatorData=key, userHandle=handle)


# --- Logins from elsewhere ------------------------------------------------------------------------------------------


def linked_login(stage) -> dict[str, Any]:
    password_shown(stage)
    with acting_as(DOORKEEPER):
        return {"account": str(SocialAccount.objects.get(user=stage.person("member")).pk)}
