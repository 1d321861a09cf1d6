"""Each work in the fewest lines that Django allows."""

import csv

import stripe
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tests.benchmarks.bare.models import Guest, Note

WEBHOOK_SECRET = "whsec_benchmark"


def guest_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """ORM get + template with a CSRF form."""
    guest = get_object_or_404(Guest, public_id=public_id)
    return render(request, "bare/guest.html", {"guest": guest})


@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lock + update + insert."""
    with transaction.atomic():
        guest = Guest.objects.select_for_update().get(public_id=public_id)
        guest.answer = request.POST["answer"]
        guest.save(update_fields=["answer"])
        Note.objects.create(about=guest.name, text=guest.answer)
    return redirect(f"/guest/{public_id}/")


def guest_list(request: HttpRequest, event_id: int) -> HttpResponse:
    """Fifty rows + COUNT."""
    guests = Guest.objects.filter(event_id=event_id)
    context = {"guests": guests.order_by("name")[:50], "count": guests.count()}
    return render(request, "bare/list.html", context)


class Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def export(request: HttpRequest, event_id: int) -> StreamingHttpResponse:
    """csv.writer over values_list().iterator()."""
    guests = Guest.objects.filter(event_id=event_id).order_by("name")
    rows = guests.values_list("name", "email", "answer").iterator()
    writer = csv.writer(Echo())
    return StreamingHttpResponse(map(writer.writerow, rows), content_type="text/csv")


@require_POST
def admit(request: HttpRequest, guest_id: int) -> HttpResponse:
    """A conditional UPDATE."""
    waiting = Guest.objects.filter(pk=guest_id, inside_at=None)
    is_new = waiting.update(inside_at=timezone.now())
    return redirect(f"/door/{guest_id}/?new={is_new}")


@login_required
@require_POST
def admit_signed_in(request: HttpRequest, guest_id: int) -> HttpResponse:
    return admit(request, guest_id)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """construct_event + two inserts."""
    event = stripe.Webhook.construct_event(
        request.body, request.headers["Stripe-Signature"], WEBHOOK_SECRET
    )
    with transaction.atomic():
        Note.objects.create(about=event.id, text=request.body.decode())
        Note.objects.create(about=event.data.object.id, text="100000")
    return HttpResponse()
