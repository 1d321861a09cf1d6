import gc
import os
from importlib import import_module

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from losers_lounge import tally

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "losers_lounge.settings")


class Request(WSGIRequest):
    """A request that can be made, whatever charset its sender names.

    Django reads the address in that charset before anything stands around it that
    could catch the error; here RefuseOddRequests answers 415.
    """

    def _set_content_type_params(self, meta: dict[str, str]) -> None:
        kind = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(kind)


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
tally.begin()
application = Handler()
# Every page, before the first is asked for.
import_module(settings.ROOT_URLCONF)

# What is loaded stays, so nobody need look through it again. A page makes some ten
# thousand objects, nearly all of which die with it: looking every 700, as is usual,
# finds nothing and costs a twentieth of the time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
