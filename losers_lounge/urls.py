from django.conf import settings
from django.urls import include, path

from losers_lounge import styleguide

# A link of a mail that leads nowhere any more says why.
handler404 = "guests.views.gone.not_found"
# While the database is away, a page that says so.
handler500 = "losers_lounge.middleware.server_error"
urlpatterns = [
    path("accounts/", include("events.account_urls")),
    path("", include("events.urls")),
    path("", include("guests.urls")),
    path("", include("donations.urls")),
    path("", include("losers_lounge.operations.urls")),
]
if settings.DEBUG:
    urlpatterns += styleguide.urlpatterns
if settings.EMBEDDED:
    urlpatterns.append(path("", include("losers_lounge.demo.urls")))
