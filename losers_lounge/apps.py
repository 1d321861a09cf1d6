from django.apps import AppConfig


class LosersLoungeConfig(AppConfig):
    name = "losers_lounge"
    verbose_name = "Losers Lounge"
