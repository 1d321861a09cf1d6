import os

from django.core.asgi import get_asgi_application

from losers_lounge import tally

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "losers_lounge.settings")

# Unlike wsgi.py's it may be Django's own: here the address is text when it arrives,
# so that a charset nobody knows is first met by RefuseOddRequests.
application = get_asgi_application()
tally.begin()
