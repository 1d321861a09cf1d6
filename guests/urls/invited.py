"""The addresses of guests, assistants and whoever pays."""

from django.urls import path

from guests.views import (
    contact,
    contact_giving,
    giving,
    invited,
    pay,
    pledges,
    principal,
)

INVITATION = [
    path("", invited.invitation, name="invitation"),
    path("rsvp/", invited.answer, name="rsvp"),
    path("needs/", invited.needs, name="needs"),
    path("pass/", invited.entry_pass, name="pass"),
    path("calendar.ics", invited.calendar, name="calendar"),
    path("donate/", giving.donate, name="donate"),
    path("thanks/", giving.thanks, name="thanks"),
    path("pledge/", pledges.pledge, name="pledge"),
    path("here/", principal.here, name="here"),
    path("may-give/", principal.may_give, name="may_give"),
    path("own-address/", principal.own_address, name="own_address"),
]

CONTACT = [
    path("", contact.portal_page, name="contact"),
    path("answer/", contact.answer, name="contact_answer"),
    path("answer-all/", contact.answer_all, name="contact_answer_all"),
    path("needs/", contact.needs, name="contact_needs"),
    path("passes/", contact.passes, name="contact_passes"),
    path("calendar.ics", contact.calendar, name="contact_calendar"),
    path("give/", contact_giving.give, name="contact_give"),
    path("thanks/", contact_giving.thanks, name="contact_thanks"),
    path("pledge/", pledges.contact_pledge, name="contact_pledge"),
]

PAY = [
    path("", pay.pay_page, name="pay"),
    path("give/", pay.pay_give, name="pay_give"),
    path("thanks/", pay.pay_thanks, name="pay_thanks"),
]
