"""Says to the wall who is asking, for the whole of a request."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.urls import reverse_lazy
from django.utils.functional import SimpleLazyObject

from regions.permissions import rights_of_the_actor
from regions.wall import DOORKEEPER, VISITOR, acting_as, member

ACCOUNTS = reverse_lazy("account_login")


class ActorMiddleware:
    """One request, one transaction, one actor. What raises leaves nothing behind.

    Pages of the accounts (registering, logging in, a new password) run as the doorkeeper, who finds people by address
    and knows nothing else.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.accounts = str(ACCOUNTS).removesuffix("login/")

    def __call__(self, request):
        request.rights = SimpleLazyObject(rights_of_the_actor)
        if request.path.startswith(self.accounts):
            with acting_as(DOORKEEPER):
                return self.get_response(request)
        if request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        # The session names a member; reading that very row as that member proves the session is still good.
        claimed = request.session.get(SESSION_KEY)
        if claimed:
            with acting_as(member(int(claimed))):
                if request.user.is_authenticated:
                    return self.get_response(request)
        with acting_as(VISITOR):
            return self.get_response(request)

    def process_exception(self, request, exception):
        """A view that raises, a 404 included, takes back what it wrote."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
