"""Every address of guests, room by room."""

from django.urls import include, path

from guests.urls.event import EVENT, IN_THE_POST_ROOM
from guests.urls.guest_list import ON_THE_LIST
from guests.urls.invited import CONTACT, INVITATION, PAY
from guests.urls.night import AT_THE_DESK, AT_THE_DOOR, WITH_THE_TROPHIES
from guests.views import calendars, contact, invited, pay, settings, surplus
from guests.views.door import paired, search

app_name = "guests"

urlpatterns = [
    # No event is called new.
    path("events/new/examples/", settings.new_rule_examples, name="new_rule_examples"),
    path("events/<slug:slug>/guests/", include(ON_THE_LIST)),
    path("events/<slug:slug>/messages/", include(IN_THE_POST_ROOM)),
    path("events/<slug:slug>/results/", include(AT_THE_DESK)),
    path("events/<slug:slug>/door/", include(AT_THE_DOOR)),
    path("events/<slug:slug>/trophies/", include(WITH_THE_TROPHIES)),
    # Last, since they are many: the busy rooms are found without trying them.
    path("events/<slug:slug>/", include(EVENT)),
    path("invitation/<str:public_id>/", include(INVITATION)),
    path("i/<str:token>/", invited.link, name="link"),
    # A token holds a dot, which no slug does.
    path("contact/<slug:public_id>/", include(CONTACT)),
    path("contact/<str:token>/", contact.link, name="contact_link"),
    path("pay/<slug:public_id>/", include(PAY)),
    path("pay/<str:token>/", pay.pay_link, name="pay_link"),
    path("donor/<slug:public_id>/choice/", surplus.choice, name="surplus"),
    path("lost-link/", invited.lost_link, name="lost_link"),
    path("calendar/<str:token>.ics", calendars.calendar_link, name="calendar_link"),
    path("pass/<str:token>/", search.door_pass, name="door_pass"),
    path("pair/<str:token>/", paired.pair, name="pair"),
]
