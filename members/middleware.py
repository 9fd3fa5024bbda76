"""Says to the wall who is asking, for the whole of a request."""

from functools import partial

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject

from regions.permissions import Rights, rights_of_the_actor
from regions.wall import DOORKEEPER, VISITOR, Actor, ActorAlreadySet, acting_as, current_actor, member

from .language import speak
from .second_factor import was_shown

ACCOUNTS = reverse_lazy("account_login")
HEALTH = (reverse_lazy("live"), reverse_lazy("ready"))


def _rights_of(actor: Actor) -> Rights:
    """The rights of whoever asks, and never of an actor to whom the work was handed in between."""
    if current_actor() != actor:
        raise ActorAlreadySet(f"{current_actor()} is acting; look at request.rights before switching from {actor}.")
    return Rights() if actor == VISITOR else rights_of_the_actor()


class ActorMiddleware:
    """One request, one transaction, one actor. What raises leaves nothing behind.

    Pages of the accounts (registering, logging in, a new password) run as the doorkeeper, who finds people by address
    and knows nothing else. A session that has shown no second factor acts as a member without roles, where one is
    required: so says the wall to every statement, and the locks ask the wall.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.accounts = str(ACCOUNTS).removesuffix("login/")
        self.elsewhere = f"{self.accounts}oidc/"

    def __call__(self, request):
        if request.path in HEALTH:  # must answer when there is no database to tell who is asking
            return self.get_response(request)
        if request.path.startswith(self.elsewhere):
            # These wait for another server, and no transaction with them. They ask PostgreSQL for the session alone.
            request.user = AnonymousUser()
            return self.get_response(request)
        if request.path.startswith(self.accounts):
            with acting_as(DOORKEEPER):
                return self.answer(request, DOORKEEPER)
        # The session names a member; reading that very row as that member proves the session is still good.
        claimed = request.session.get(SESSION_KEY)
        if claimed:
            held_back = settings.SECOND_FACTOR_REQUIRED and not was_shown(request.session)
            asking = member(int(claimed), held_back=held_back)
            with acting_as(asking):
                if request.user.is_authenticated:
                    speak(request, request.user.language)
                    response = self.answer(request, asking)
                    if not response.has_header("Cache-Control"):  # what a member sees is kept for nobody else
                        patch_cache_control(response, private=True, no_cache=True)
                    return response
        with acting_as(VISITOR):
            return self.answer(request, VISITOR)

    def answer(self, request, actor: Actor):
        """The response. What a failed view wrote is taken back last: the page about the error may ask things too."""
        request.rights = SimpleLazyObject(partial(_rights_of, actor))
        request.raised = False
        response = self.get_response(request)
        if request.raised or response.status_code >= 500:
            transaction.set_rollback(True)
        return response

    def process_exception(self, request, exception):
        """A view that raises, a 404 included, takes back what it wrote."""
        request.raised = True
