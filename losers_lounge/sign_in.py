"""How people sign in: what settings.py tells django-allauth, and asks of passwords."""

_forms, _passwords = "events.forms.second_factor", "events.forms.account"

ACCOUNT_ADAPTER = "events.accounts.TeamAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# By itself it would be the Host that a stranger named.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
# Who only knows an address cannot lock its owner out: that takes many networks. A
# code is asked of nobody but who knew the password: ten tries an hour are enough.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,60/h/ip,300/h/key",
    "second_factor": "10/h/key",
}
ACCOUNT_FORMS = {
    "login": f"{_passwords}.LogInForm",
    "reauthenticate": f"{_passwords}.ConfirmPasswordForm",
    "reset_password": f"{_passwords}.ForgottenPasswordForm",
    "reset_password_from_key": f"{_passwords}.LinkPasswordForm",
    "change_password": f"{_passwords}.ChangePasswordForm",
}
MFA_ADAPTER = "events.factors.TeamFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Losers Lounge"
# Who has a password set it by a link in the mail of that address; nobody signs up.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": f"{_forms}.AuthenticateForm",
    "reauthenticate": f"{_forms}.ReauthenticateForm",
    "activate_totp": f"{_forms}.ActivateAppForm",
    "add_webauthn": f"{_forms}.AddPasskeyForm",
    "edit_webauthn": f"{_forms}.EditPasskeyForm",
    "authenticate_webauthn": f"{_forms}.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": f"{_forms}.ReauthenticatePasskeyForm",
    "login_webauthn": f"{_forms}.LoginPasskeyForm",
}

# ASVS 5.0, 6.2: length and words that nobody guesses, and no rule for their making.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "events.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "events.passwords.LongestPassword"},
    {"NAME": "events.passwords.NotCommon"},
    {"NAME": "events.passwords.NotTheirOwnName"},
    {"NAME": "events.passwords.OwnWords"},
]
