from django.urls import path

from events.views import bounces, events, health, home, team, unsubscribe

app_name = "events"
urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", home.robots, name="robots"),
    path(".well-known/security.txt", home.security, name="security"),
    path("language/", home.language, name="language"),
    path("events/", events.event_list, name="event_list"),
    path("events/new/", events.event_new, name="event_new"),
    path("events/<slug:slug>/team/", team.member_list, name="team"),
    path(
        "events/<slug:slug>/team/<int:member_id>/remove/",
        team.member_remove,
        name="member_remove",
    ),
    path("bounces/<slug:provider>/", bounces.webhook, name="bounces"),
    path(
        "events/<slug:slug>/team/<int:member_id>/role/",
        team.member_role,
        name="member_role",
    ),
    path(
        "events/<slug:slug>/team/<int:member_id>/resend/",
        team.member_resend,
        name="member_resend",
    ),
    path(
        "events/<slug:slug>/duplicate/", events.event_duplicate, name="event_duplicate"
    ),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
