"""Every setting, read top to bottom.

What differs per place comes from the environment; what is missing stops the start.
"""

import os
from email.utils import parseaddr
from logging import captureWarnings
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.csp import CSP

from . import logs
from .menu import UNFOLD  # noqa: F401  (a setting)
from .providers import read_providers
from .timetable import TIMETABLE

ROOT = Path(__file__).resolve().parent.parent


def env(name: str) -> str:
    """The setting ``name`` from the environment. There is no silent default for what must be chosen."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"Set {name} in the environment; docs/operations.md lists them all.") from None


# --- Where we are -----------------------------------------------------------------------------------------------

SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()  # keys that are on their way out
BASE_URL = env("BASE_URL").rstrip("/")  # how people reach us, "https://kenniskring.example"; letters need it
DEMO = os.environ.get("DEMO") == "1"  # fictitious people, a page with their post
DEMO_POST = Path(os.environ.get("DEMO_POST", ROOT / ".local/demo/post"))  # where the demo's post office keeps it
DEBUG = False
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "", *os.environ.get("EXTRA_HOSTS", "").split()]
ROOT_URLCONF = "kenniskring.urls"
WSGI_APPLICATION = "kenniskring.wsgi.application"

# --- Apps: the staircase, highest first --------------------------------------------------------------------------

INSTALLED_APPS = [
    "kenniskring",
    "meetings",
    "library",
    "members",
    "mailroom",
    "regions",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
]

MIDDLEWARE = [
    "kenniskring.logs.RequestLog",
    "kenniskring.headers.Headers",  # these four see every answer, also those of the ones below
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kenniskring.compression.CompressedPages",
    "members.language.Language",
    "regions.visitors.Visitors",  # what was just made for a visitor needs nothing of what follows
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.ActorMiddleware",  # from here on the wall knows who is asking
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kenniskring.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kenniskring.templatetags.settled",  # after those that it replaces
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL: queue of record, sessions, cache and everything else --------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL"), engine="kenniskring.postgres", conn_max_age=600, conn_health_checks=True
    ),
}
STATEMENT_LIMIT = float(os.environ.get("STATEMENT_LIMIT", "0"))  # seconds; wsgi.py sets 5: people wait for the answer
# Planning a statement for the wall costs as much as answering it. With its values apart from it a statement is the
# same each time, and the second time its plan is kept.
DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=2)
if os.environ.get("DATABASE_POOLER") == "1":  # pgbouncer in transaction mode: nothing may outlive a transaction there
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None
if "DATABASE_OWNER_URL" in os.environ:  # only where migrations run
    DATABASES["owner"] = dj_database_url.parse(os.environ["DATABASE_OWNER_URL"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_ENGINE = "members.sessions"  # in PostgreSQL
_IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kenniskring_cache",
        # Counts of attempts live here: too small a cache forgets them for who comes from many addresses.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # The rest in the memory of each process; apart, so that what is large in one drives nothing out of another.
    "memory": {"BACKEND": _IN_MEMORY, "LOCATION": "memory", "OPTIONS": {"MAX_ENTRIES": 20_000}},
    "template_fragments": {"BACKEND": _IN_MEMORY, "LOCATION": "fragments", "OPTIONS": {"MAX_ENTRIES": 300}},
    "events": {"BACKEND": _IN_MEMORY, "LOCATION": "events", "OPTIONS": {"MAX_ENTRIES": 1_000}},
    "visitors": {"BACKEND": _IN_MEMORY, "LOCATION": "visitors", "OPTIONS": {"MAX_ENTRIES": 50}},
}
VISITORS_SEE_FOR = float(os.environ.get("VISITORS_SEE_FOR", "1"))  # seconds; decision 17. 0: never twice the same

# --- Celery: does the sending, remembers nothing -----------------------------------------------------------------

CELERY_BROKER_URL = env("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker never gives up; beat sends the letters meanwhile
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,  # seconds; a frozen Redis must not hang a page
    "socket_timeout": 1,
    "max_retries": 0,
    "health_check_interval": 5,  # a worker notices within seconds that its line is dead
}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 20 * 60  # seconds; a relay may think for ten minutes about one letter
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = int(os.environ.get("WORKERS", "4"))  # sending is waiting
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_BEAT_SCHEDULER = "kenniskring.beat:Scheduler"  # remembers nothing: PostgreSQL does
CELERY_TIMEZONE = "Europe/Brussels"
PULSE_FILE = os.environ.get("PULSE_FILE", "")  # where worker and beat show a sign of life

# --- Letters: through the mailroom only --------------------------------------------------------------------------

_smtp = urlsplit(env("SMTP_URL"))  # smtp://user:password@host:587/?tls, smtps:// for TLS from the first byte
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _smtp.hostname,
            "port": _smtp.port,
            "username": unquote(_smtp.username or ""),
            "password": unquote(_smtp.password or ""),
            "use_tls": "tls" in _smtp.query,
            "use_ssl": _smtp.scheme == "smtps",
            "timeout": 600,  # RFC 5321, 4.5.3.2.6: a shorter wait after the final dot makes copies
        },
    },
}
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", f"Kenniskring <kenniskring@{ALLOWED_HOSTS[0]}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Read by somebody: who cannot use a page writes here. By default where letters come from.
CONTACT_EMAIL = os.environ.get("CONTACT_EMAIL") or parseaddr(DEFAULT_FROM_EMAIL)[1]
# Where the relay says whether it has a letter, "https://relay.example/has?id={message_id}": ends doubts, decision 9
RELAY_LOOKUP_URL = os.environ.get("RELAY_LOOKUP_URL", "")
if RELAY_LOOKUP_URL and not ("{message_id}" in RELAY_LOOKUP_URL and RELAY_LOOKUP_URL.startswith("http")):
    raise ImproperlyConfigured("RELAY_LOOKUP_URL must be a web address that holds {message_id}.")

# Where a post to the Teams channel of a circle may go, and nowhere else: mailroom/webhooks.py
WEBHOOK_HOSTS = os.environ.get(
    "WEBHOOK_HOSTS", "*.webhook.office.com *.logic.azure.com *.api.powerplatform.com"
).split()
if any(not host.startswith("*.") or host.count(".") < 3 for host in WEBHOOK_HOSTS):
    raise ImproperlyConfigured("WEBHOOK_HOSTS are names like *.webhook.office.com, with a space between.")

# --- People ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["members.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "members.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "members.passwords.NotAboutYou", "OPTIONS": {"user_attributes": ["email", "name"]}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("front")
ACCOUNT_ADAPTER = "members.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "members.forms.SignupExtras"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # a mail scanner must not confirm for you
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A second factor: a passkey, or codes of an app; recovery codes for when those are lost.
SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "0" if DEMO else "1") == "1"  # to use a role
MFA_ADAPTER = "members.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "members.account_forms.CodeForm",
    "reauthenticate": "members.account_forms.CodeAgainForm",
    "activate_totp": "members.account_forms.FirstCodeForm",
    "add_webauthn": "members.account_forms.PasskeyForm",
    "edit_webauthn": "members.account_forms.PasskeyNameForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Kenniskring"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: clocks of telephones differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody is logged in without a proven address; a next one may be on its way
# Logging in elsewhere: ACM/IDM, Entra ID, any OpenID provider.
OIDC_PROVIDERS = read_providers(os.environ.get("OIDC_PROVIDERS", "[]"))
SOCIALACCOUNT_ADAPTER = "members.outside.Adapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS, "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_FORMS = {"signup": "members.account_forms.OutsideSignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # where one works is asked, and the address is looked at
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # the same address is not the same person
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_RATE_LIMITS = {  # also in the demo; ``key`` is the e-mail address
    "signup": "20/m/ip,100/h/ip",
    "reset_password": "20/m/ip,3/5m/key",
    "login_failed": "10/m/ip,5/5m/key",  # here ``key`` is the e-mail address together with the line; see Adapter
    "login_failed_anywhere": "20/5m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))  # whose X-Forwarded-For limits logins
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme

# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "kenniskring.formats"
TIME_ZONE = "Europe/Brussels"
# No USE_THOUSAND_SEPARATOR: it would write row 1207 as "1.207" in addresses and forms. People read |floatformat:"0g".

# --- Files -------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", ROOT / ".local/static"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", ROOT / ".local/media"))  # never served by its path
WHITENOISE_USE_FINDERS = DEMO  # the demo and the tests need no collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["meetings.uploads.UpToTheLimit"]  # to disk, and no more than may be kept
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2  # our forms take one, and anyone can post

# --- Safety: follows from the address ----------------------------------------------------------------------------

HTTPS = BASE_URL.startswith("https://")
# regions/limits.py. The demo, shown to a room or asked by programs, is one address: there they are off, unless asked.
RATE_LIMITS = not DEMO or os.environ.get("RATE_LIMITS") == "1"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# A browser takes a __Host- cookie only when it is Secure, for this host alone, and for all of it.
_cookie = "__Host-{}" if HTTPS else "{}"
SESSION_COOKIE_NAME = _cookie.format("sessionid")
CSRF_COOKIE_NAME = _cookie.format("csrftoken")
LANGUAGE_COOKIE_NAME = _cookie.format("language")
MESSAGES_COOKIE_NAME = _cookie.format("messages")
MESSAGE_STORAGE = "kenniskring.headers.Messages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# --- Log: to standard error, for whoever runs us -----------------------------------------------------------------

LOGGING = logs.configuration(os.environ)  # LOG_FORMAT, LOG_LEVEL
captureWarnings(capture=not DEMO)  # what Python warns of is a line of the log too
