from importlib import import_module

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        """Listen to what Django and allauth tell of accounts, once models are there."""
        import_module("events.account_trail")
