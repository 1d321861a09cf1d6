from django.apps import AppConfig

from losers_lounge import languages


class LosersLoungeConfig(AppConfig):
    name = "losers_lounge"
    verbose_name = "Losers Lounge"

    def ready(self) -> None:
        languages.compile_messages()
