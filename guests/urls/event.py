"""The addresses of an event's other rooms."""

from django.urls import path

from guests.views import (
    addresses,
    closing,
    evidence,
    forgetting,
    host,
    imports,
    letter_words,
    mailings,
    names,
    nominations,
    obligations,
    pledge_review,
    post_room,
    settings,
    waiting,
)

EVENT = [
    path("", host.overview, name="overview"),
    path("settings/", settings.event_settings, name="settings"),
    path("settings/examples/", settings.rule_examples, name="rule_examples"),
    path("activity/", host.activity_list, name="activity"),
    path("activity.csv", host.activity_csv, name="activity_csv"),
    path("obligations/", obligations.obligation_list, name="obligations"),
    path(
        "obligations/<int:obligation_id>/",
        obligations.obligation_decide,
        name="obligation_decide",
    ),
    path("pledges/", pledge_review.pledge_review, name="pledge_review"),
    path("pledges/charge/", pledge_review.pledges_charge, name="pledges_charge"),
    path("dues/", host.dues_summary, name="dues_summary"),
    path(
        "gifts/<slug:donation_id>/evidence/",
        evidence.gift_evidence,
        name="gift_evidence",
    ),
    path(
        "messages/<int:message_id>/repair/",
        addresses.letter_repair,
        name="letter_repair",
    ),
    path("nominations/", nominations.nomination_list, name="nominations"),
    path("nominations/import/", imports.nomination_import, name="nomination_import"),
    path("nominations/link/", nominations.nominee_link, name="nominee_link"),
    path("closing/", closing.closing_page, name="closing"),
    path("closing/home/", closing.closing_home, name="closing_home"),
    path("closing/safe/", closing.closing_safe, name="closing_safe"),
    path("closing/owed/", closing.closing_owed, name="closing_owed"),
    path("closing/sign/", closing.closing_sign, name="closing_sign"),
    path("closing/reopen/", closing.closing_reopen, name="closing_reopen"),
    path("forgetting/", forgetting.forgetting, name="forgetting"),
    path("forgetting/now/", forgetting.forget_now, name="forget_now"),
    path("waiting/", waiting.waiting_page, name="waiting"),
    path("waiting/release/", waiting.offers_release, name="offers_release"),
    path(
        "waiting/<int:offer_id>/withdraw/",
        waiting.offer_withdraw,
        name="offer_withdraw",
    ),
    path("names/", names.name_list, name="names"),
    path("names/<int:request_id>/", names.name_decide, name="name_decide"),
]

IN_THE_POST_ROOM = [
    path("", post_room.message_list, name="messages"),
    path("send/", post_room.invitations_send, name="invitations_send"),
    path("progress/", post_room.message_progress, name="message_progress"),
    path("hold/", post_room.mail_hold, name="mail_hold"),
    path("release/", post_room.mail_release, name="mail_release"),
    path("<int:message_id>/again/", post_room.message_again, name="message_again"),
    path("new/", mailings.mailing_new, name="mailing_new"),
    path(
        "mailings/<int:mailing_id>/cancel/",
        mailings.mailing_cancel,
        name="mailing_cancel",
    ),
    path("letters/<str:kind>/", letter_words.letter_words, name="letter_words"),
    path(
        "letters/<str:kind>/preview/",
        letter_words.letter_preview,
        name="letter_preview",
    ),
    path("letters/<str:kind>/frame/", letter_words.letter_frame, name="letter_frame"),
    path("letters/<str:kind>/test/", letter_words.letter_test, name="letter_test"),
]
