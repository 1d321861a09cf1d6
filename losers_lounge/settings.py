"""Every setting, from the environment, in one file; nonsense is refused by name.

`manage.py demo` writes its own environment to var/demo.env. A command that is given
no SECRET_KEY at all speaks to that demo; production always names everything.
"""

import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from losers_lounge import environment, schedule
from losers_lounge.logs import logging_config
from losers_lounge.postgres import Cursor
from losers_lounge.sign_in import *  # noqa: F403 (settings by their own names)

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_ENVIRONMENT = BASE_DIR / "var" / "demo.env"

if "SECRET_KEY" not in os.environ:
    if not DEMO_ENVIRONMENT.exists():
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Name the environment (README, production), or run "
            "`python3 manage.py demo` first to have one made for you."
        )
    environ.Env.read_env(DEMO_ENVIRONMENT)

env = environ.Env()

# --- Where we are ----------------------------------------------------------------

SECRET_KEY = environment.secret_key()
SECRET_KEY_FALLBACKS = environment.former_keys()
DEBUG = environment.boolean("DEBUG")
# Web server, worker and beat in one process over memory://, static files unhashed.
EMBEDDED = environment.boolean("EMBEDDED")
_site = environment.site_url()
SITE_URL = _site.geturl()
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = environment.hosts(_site)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
# From where /metrics may be read; nowhere, unless somebody says so.
METRICS_NETWORKS = environment.networks("METRICS_NETWORKS")
# Whether web servers write what they have counted (losers_lounge/tally.py).
COUNTS_ARE_WRITTEN = True

# --- The application -------------------------------------------------------------

INSTALLED_APPS = [
    "losers_lounge.apps.LosersLoungeConfig",
    "events.apps.EventsConfig",
    "donations.apps.DonationsConfig",
    "guests.apps.GuestsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_structlog",
]

MIDDLEWARE = [
    "losers_lounge.middleware.CountAnswers",
    "losers_lounge.middleware.RefuseOddRequests",
    "losers_lounge.middleware.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "losers_lounge.static_files.ServeStaticFiles",
    "losers_lounge.middleware.PrivatePages",
    "django_structlog.middlewares.RequestMiddleware",
    "losers_lounge.languages.SpeakTheirLanguage",
    "losers_lounge.middleware.BusyDatabase",
    "losers_lounge.middleware.ContentSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "events.sessions.SessionAges",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "events.views.account.LeadToSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "losers_lounge.not_allowed.ExplainNotAllowed",
]

ROOT_URLCONF = "losers_lounge.urls"
WSGI_APPLICATION = "losers_lounge.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "losers_lounge.form_errors.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["losers_lounge.templatetags.lounge"],
        },
    }
]

# --- Database ----------------------------------------------------------------------

environment.check_scheme("DATABASE_URL", "postgres", "postgresql", "sqlite")
DATABASES = {"default": env.db("DATABASE_URL")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that reads, then writes, may not be overtaken.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # Compiling a query for a page takes longer than running it: what was asked five
    # times on a connection is planned no more.
    _database.setdefault("OPTIONS", {}).update(
        options="-c lock_timeout=3000 -c jit=off",
        server_side_binding=True,
        cursor_factory=Cursor,
        prepare_threshold=5,
    )

# Throttles live here, so that log-in works while Redis does not.
_cache = "django.core.cache.backends.db.DatabaseCache"
_most = {"MAX_ENTRIES": 100_000}
CACHES = {"default": {"BACKEND": _cache, "LOCATION": "cache", "OPTIONS": _most}}

# --- People ------------------------------------------------------------------------

AUTH_USER_MODEL = "events.User"
AUTHENTICATION_BACKENDS = ["events.sessions.TeamBackend"]
SESSION_ENGINE = "events.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "events:event_list"
PASSWORD_RESET_TIMEOUT = 3600
# What else allauth asks for, and AUTH_PASSWORD_VALIDATORS: losers_lounge/sign_in.py.
# Hosts and charity staff come into no room without one; offered to everybody.
SECOND_FACTOR_REQUIRED = environment.boolean("SECOND_FACTOR_REQUIRED")
SECURITY_CONTACT = environment.contact("SECURITY_CONTACT")

# --- Browser security --------------------------------------------------------------

_host_prefix = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_host_prefix}session"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
CSRF_COOKIE_NAME = f"{_host_prefix}csrf"
GUEST_COOKIE_NAME = f"{_host_prefix}guest"
BROWSER_COOKIE_NAME = f"{_host_prefix}browser"
DONOR_COOKIE_NAME = f"{_host_prefix}donor"
DEVICE_COOKIE_NAME = f"{_host_prefix}device"
LANGUAGE_COOKIE_NAME = f"{_host_prefix}language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Stripe ------------------------------------------------------------------------

STRIPE_OWN_BASE = "https://api.stripe.com"
STRIPE_API_BASE = env("STRIPE_API_BASE", default=STRIPE_OWN_BASE).rstrip("/")
STRIPE_API_KEY, STRIPE_IS_LIVE = environment.stripe_key(
    STRIPE_API_BASE, STRIPE_OWN_BASE, is_trial=DEBUG or EMBEDDED or not IS_HTTPS
)
CHAOS_KILL = environment.chaos(is_trial=DEBUG or EMBEDDED or not IS_HTTPS)
STRIPE_WEBHOOK_SECRETS = environment.webhook_secrets()
STRIPE_FEE_BPS, STRIPE_FEE_FIXED_CENTS = environment.stripe_fees()

_form_targets = ["https://checkout.stripe.com"]
if STRIPE_API_BASE != STRIPE_OWN_BASE:
    _form_targets.append(STRIPE_API_BASE)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **dict.fromkeys(("default-src", "object-src", "base-uri"), [NONE]),
        **dict.fromkeys(("script-src", "style-src", "font-src"), [SELF]),
        **dict.fromkeys(("connect-src", "manifest-src"), [SELF]),
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        # A form's redirect counts too: paying leads to Stripe's own page.
        "form-action": [SELF, *_form_targets],
    }
}

# --- Mail --------------------------------------------------------------------------

MAIL_DOMAIN = env("MAIL_DOMAIN", default=_site.hostname)
DEFAULT_FROM_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default=f"Losers Lounge <lounge@{MAIL_DOMAIN}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_mail = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "filemail", "memorymail")
environment.check_scheme("EMAIL_URL", *_mail, "consolemail", "dummymail")
# EMAIL_HOST and its like, as django-environ writes them out.
vars().update(env.email_url("EMAIL_URL"))
if env("EMAIL_URL").startswith("smtps://"):
    # RFC 8314: TLS from the first byte, where the library would say STARTTLS.
    EMAIL_USE_TLS, EMAIL_USE_SSL = False, True
# Each phase before the message itself; the dot has a limit of its own.
EMAIL_TIMEOUT = environment.number("EMAIL_TIMEOUT", 20)
# RFC 5321 4.5.3.2.6 asks for ten minutes: a shorter wait makes second copies.
EMAIL_DOT_TIMEOUT = environment.number("EMAIL_DOT_TIMEOUT", 600)
# How many bulk mails one domain is sent in a minute; 0: as many as there are.
MAIL_PER_DOMAIN_PER_MINUTE = environment.number(
    "MAIL_PER_DOMAIN_PER_MINUTE", 0, least=0
)
# Where returned mail is read from, and the provider that may post it; or neither.
BOUNCES_URL = environment.mailbox("BOUNCES_URL")
BOUNCES_PROVIDER, BOUNCES_SECRET = environment.provider("BOUNCES_WEBHOOK")

# --- Data protection ---------------------------------------------------------------

# How long the law wants the books, and with them who gave; and where tombstones of the
# forgotten are also written, beside the backups (events/tombstones.py).
KEEP_DONORS_YEARS = environment.number("KEEP_DONORS_YEARS", 7)
TOMBSTONES_FILE = env("TOMBSTONES_FILE", default="")

# --- Celery ------------------------------------------------------------------------

REDIS_URL = environment.broker(is_embedded=EMBEDDED)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT = environment.transport(REDIS_URL)
# In seconds; memory:// has no network.
_waits = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "health_check_interval": 30,
    "retry_on_timeout": True,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05} if EMBEDDED else _waits
CELERY_BEAT_SCHEDULE = schedule.beat(
    in_a_hurry=EMBEDDED, reads_bounces=bool(BOUNCES_URL)
)
# How workers take work stands in losers_lounge/celery.py.

# --- Words, times, files -----------------------------------------------------------

LOCALE_PATHS = [BASE_DIR / "losers_lounge" / "locale"]
FORMAT_MODULE_PATH = "losers_lounge.formats"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_TZ = True
TIME_ZONE = "UTC"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
STATIC_URL = "static/"
STATIC_ROOT = None if DEBUG or EMBEDDED else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG or EMBEDDED
_static = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG or EMBEDDED
    else "losers_lounge.static_storage.ModuleStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static},
}

# --- Logs --------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# A request is one line, written when it is answered.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
LOGGING = logging_config(stream=sys.stderr, level=environment.log_level())
