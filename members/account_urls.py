"""allauth's pages under our own rules: their lock has a name, and a form that was not accepted answers 422."""

from functools import wraps

from allauth.account.urls import urlpatterns as pages_of_allauth
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern


def at_the_door(view):
    """One of allauth's views; the doorkeeper is acting (see middleware.py)."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            if request.method != "POST":
                raise
            return redirect(request.path)  # a second click on what worked the first time: the page says what to do
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = 422
        return response

    answer.lock = "doorkeeper"  # type: ignore[attr-defined]
    return answer


urlpatterns = [
    URLPattern(page.pattern, at_the_door(page.callback), page.default_args, page.name) for page in pages_of_allauth
]
