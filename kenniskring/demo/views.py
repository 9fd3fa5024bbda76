"""The demo's post, to read and to click in. Read-only."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from regions.access import open_to_all

from . import post, style

# What the HTML of a letter may: show itself within our page, and open its links in a new tab. No scripts, no forms.
LETTER_CSP = {
    "default-src": ["'none'"],
    "img-src": ["'self'", "data:"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def _find(key):
    letter = post.find(key)
    if letter is None:
        raise Http404
    return letter


@open_to_all
@require_GET
def demo_style(request):
    """The components, in all their states; nothing of it is stored."""
    return render(request, "demo/style.html", style.everything())


@open_to_all
@require_GET
def demo_post(request):
    to = request.GET.get("to", "")
    page = Paginator(post.letters(to), 50).get_page(request.GET.get("page"))
    letters = [post.kept(path) for path in page]
    return render(request, "demo/demo_post.html", {"page": page, "letters": letters, "to": to})


@open_to_all
@require_GET
def demo_letter(request, key):
    letter = _find(key)
    message = letter.open()
    context = {
        "letter": letter,
        "sender": message["From"],
        "headers": message.items(),
        "text": post.part(message, "text/plain"),
        "calendar": post.part(message, "text/calendar"),
        "has_html": bool(post.part(message, "text/html")),
    }
    return render(request, "demo/demo_letter.html", context)


@open_to_all
@require_GET
@xframe_options_sameorigin
@csp_override(LETTER_CSP)
def demo_letter_html(request, key):
    html = post.part(_find(key).open(), "text/html")
    # Links of a letter open outside its frame, as a mail program opens them.
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


@open_to_all
@require_GET
def demo_letter_calendar(request, key):
    calendar = post.part(_find(key).open(), "text/calendar")
    if not calendar:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="agenda.ics"'}
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8", headers=headers)
