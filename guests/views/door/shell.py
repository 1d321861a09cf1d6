"""The door without a network: the page a phone keeps, and the worker that keeps it.

Neither holds anything of anybody: what the page shows offline it opens from the
phone's own sealed list.
"""

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Event
from guests.views.door.access import for_phones, open_door
from guests.views.door.words import words

# The reader of QR codes is WebAssembly; no other page may run any.
CAMERA_POLICY = {"script-src": ["'wasm-unsafe-eval'"]}
WORKER = "js/door-worker.js"
KEPT = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/site.css",
    "vendor/figtree/figtree-latin-wght-normal.woff2",
    "vendor/fraunces/fraunces-latin-opsz-normal.woff2",
    "img/favicon.svg",
    "img/touch-icon.png",
    "app.webmanifest",
    "django_htmx/htmx-2.min.js",
    "js/site.js",
    "js/door-store.js",
    "js/door-queue.js",
    "js/door-list.js",
    "js/door-page.js",
    "js/keeping.js",
    "js/door-press.js",
    "js/door-live.js",
    "js/door-camera.js",
    "js/door-offline.js",
    "vendor/barcode-detector/barcode-detector.js",
    "vendor/zxing-wasm/zxing_reader.wasm",
)


@for_phones
@never_cache
@require_safe
@csp_update(CAMERA_POLICY)
def door_offline(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that stands in for the door when there is no network."""
    return HttpResponse(_shell(open_door(request, slug).event))


@for_phones
@never_cache
@require_safe
def door_worker(request: HttpRequest, slug: str) -> HttpResponse:
    """The service worker of this door; another version keeps other files."""
    event = open_door(request, slug).event
    about = {
        "version": sha256((_shell(event) + _contents()).encode()).hexdigest()[:16],
        "shell": reverse("guests:door_offline", args=[event.slug]),
        "files": [static(name) for name in KEPT],
    }
    script = f"self.DOOR = {json.dumps(about)};\n"
    script += f"importScripts({json.dumps(static(WORKER))});\n"
    return HttpResponse(script, content_type="text/javascript")


def _shell(event: Event) -> str:
    """The same for everybody who asks: no name, no token, no role in it."""
    context = {"event": event, "roles": frozenset(), "words": words()}
    return render_to_string("guests/door_offline.html", context)


@lru_cache(maxsize=1)
def _contents() -> str:
    """One word for what is in the kept files, hashed names or not."""
    digest = sha256()
    for name in (*KEPT, WORKER):
        digest.update(Path(finders.find(name)).read_bytes())
    return digest.hexdigest()
