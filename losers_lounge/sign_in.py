"""Settings of django-allauth that are too long for settings.py: how people sign in."""

_forms = "events.forms.second_factor"

# Who only knows an address cannot lock its owner out: that takes many networks. A code
# is asked of nobody but who knew the password, so ten tries an hour are enough.
RATE_LIMITS = {
    "login_failed": "10/m/ip,60/h/ip,300/h/key",
    "second_factor": "10/h/key",
}

FACTORS = {
    "MFA_ADAPTER": "events.factors.TeamFactorAdapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_ISSUER": "Losers Lounge",
    "MFA_FORMS": {
        "authenticate": f"{_forms}.AuthenticateForm",
        "reauthenticate": f"{_forms}.ReauthenticateForm",
        "activate_totp": f"{_forms}.ActivateAppForm",
        "add_webauthn": f"{_forms}.AddPasskeyForm",
        "edit_webauthn": f"{_forms}.EditPasskeyForm",
        "authenticate_webauthn": f"{_forms}.AuthenticatePasskeyForm",
        "reauthenticate_webauthn": f"{_forms}.ReauthenticatePasskeyForm",
        "login_webauthn": f"{_forms}.LoginPasskeyForm",
    },
}

_django = "django.contrib.auth.password_validation"
# ASVS 5.0, 6.2: length and words that nobody guesses, and no rule for their making.
PASSWORD_VALIDATORS = [
    {"NAME": f"{_django}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "events.passwords.LongestPassword"},
    {"NAME": f"{_django}.CommonPasswordValidator"},
    {"NAME": f"{_django}.UserAttributeSimilarityValidator"},
    {"NAME": "events.passwords.OwnWords"},
]
