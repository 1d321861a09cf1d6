"""Where one's own account is looked after, and where a missing factor leads to."""

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkeys
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from events import account_trail, second_factor, sessions
from events.models import AccountActivity
from losers_lounge.throttle import Throttle, network

# Where somebody was going when a second factor was asked for.
ON_THE_WAY = "on_the_way_to"
DOINGS_SHOWN = 10
QUESTIONS = Throttle("passkey_questions", most=60, seconds=600)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's password, second factors, and what lately happened to the account."""
    factors: dict[str, list[Authenticator]] = {kind: [] for kind in Authenticator.Type}
    for factor in Authenticator.objects.filter(user=request.user).order_by("pk"):
        factors[factor.type].append(factor)
    codes = [factor.wrap() for factor in factors[Authenticator.Type.RECOVERY_CODES]]
    has_factor = second_factor.has_one(request.user)
    take = request.session.pop if has_factor else request.session.get
    context = {
        "passkeys": factors[Authenticator.Type.WEBAUTHN],
        "app": factors[Authenticator.Type.TOTP],
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
        "has_factor": has_factor,
        "on_the_way": take(ON_THE_WAY, None),
        "doings": request.user.account_activities.all()[:DOINGS_SHOWN],
    }
    return render(request, "mfa/index.html", context)


@require_POST
@reauthentication_required(app="allauth.mfa")
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Only this browser stays signed in (ASVS 5.0, 7.5.2)."""
    sessions.end_others(request, request.user)
    account_trail.record(request.user, AccountActivity.Kind.SESSIONS_ENDED)
    messages.success(request, _("Every other browser is logged out."))
    return redirect("mfa_index")


@wraps(passkeys.login_webauthn)
def passkey_login(request: HttpRequest) -> HttpResponse:
    """allauth's own. Each question to a stranger's browser is a row of sessions."""
    if request.method in ("GET", "HEAD"):
        who = network(request)
        if not QUESTIONS.admit(who):
            return QUESTIONS.refusal(request)
    return passkeys.login_webauthn(request)


class LeadToSecondFactor:
    """A room that asks for a second factor leads to where one is set up, and back.

    Where somebody was going stands in their session, though a GET writes it there: a
    note of this browser, which a scanner without the login never has, and no row that
    anybody else reads. In the address it would be lost on allauth's pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, second_factor.SecondFactorMissing):
            return None
        if request.method == "GET":
            request.session[ON_THE_WAY] = request.get_full_path()
        return redirect("mfa_index")
