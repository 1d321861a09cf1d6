"""Settings of a test run: its own secrets, real servers, nothing from outside.

Only DATABASE_URL and REDIS_URL are taken from the environment, where
`manage.py test` puts them; everything else is said here, so that no variable of a
production machine can reach a test.
"""

import os
from urllib.parse import urlsplit

from tests.servers import MIGRATED, NOT_STARTED

MEANT_FOR_PRODUCTION = ("SECRET_KEY_FALLBACKS", "TRUSTED_PROXIES", "MAIL_DOMAIN")
MEANT_FOR_PRODUCTION += ("METRICS_NETWORKS",)
MEANT_FOR_PRODUCTION += ("BOUNCES_URL", "BOUNCES_WEBHOOK", "MAIL_PER_DOMAIN_PER_MINUTE")
MEANT_FOR_PRODUCTION += ("SECOND_FACTOR_REQUIRED",)
MEANT_FOR_PRODUCTION += ("KEEP_DONORS_YEARS", "TOMBSTONES_FILE")
for _name in MEANT_FOR_PRODUCTION:
    os.environ.pop(_name, None)
for _name, _placeholder in NOT_STARTED.items():
    os.environ.setdefault(_name, _placeholder)
_is_sqlite = os.environ["DATABASE_URL"].startswith("sqlite")
os.environ.update(
    {
        "SECRET_KEY": "tests-only-" + "k" * 50,
        "DEBUG": "False",
        "EMBEDDED": str(os.environ["REDIS_URL"].startswith("memory")),
        "SITE_URL": "http://testserver",
        "SECURITY_CONTACT": "mailto:security@example.com",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "Losers Lounge <lounge@lounge.example>",
        "STRIPE_API_KEY": "sk_test_tests",
        "STRIPE_API_BASE": "http://127.0.0.1:1",
        "STRIPE_WEBHOOK_SECRETS": "whsec_tests,whsec_tests_before",
        "LOG_LEVEL": "WARNING",
    }
)

from losers_lounge.settings import *
from losers_lounge.settings import CACHES, DATABASES, REDIS_URL

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The table of production's cache is made too: a journey's processes stand on it.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "database": CACHES["default"],
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# By a thread of its own, which no test could take back.
COUNTS_ARE_WRITTEN = False
# Looked up when asked for: a scan of every file per client would be slow.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

if _is_sqlite:
    # A file, because threads and processes cannot share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}.test"}
else:
    # Eight who wait in line for one row wait longer where much else is run.
    _options = dict(DATABASES["default"]["OPTIONS"])
    _options["options"] += " -c lock_timeout=60000"
    DATABASES = {"default": {**DATABASES["default"], "OPTIONS": _options}}
    if MIGRATED in os.environ:
        DATABASES["default"]["TEST"] = {"TEMPLATE": DATABASES["default"]["NAME"]}

# Each pytest-xdist worker rings its own doorbell: gw2 has Redis database 2.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if REDIS_URL.startswith("redis") and _worker != "0":
    _base = urlsplit(REDIS_URL)
    _number = int(_base.path.strip("/") or 0) + int(_worker)
    REDIS_URL = CELERY_BROKER_URL = _base._replace(path=f"/{_number}").geturl()
