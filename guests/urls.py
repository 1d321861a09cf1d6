from django.urls import include, path

from guests.views import (
    addresses,
    answering,
    assistants,
    changing,
    contact,
    door,
    exports,
    giving,
    host,
    imports,
    invited,
    listing,
    merging,
    obligations,
    person,
    post_room,
    principal,
    results,
    settings,
    trophies,
)

app_name = "guests"

ON_THE_LIST = [
    path("", listing.guest_page, name="guest_list"),
    path("views/", listing.view_save, name="saved_view_save"),
    path("views/<int:view_id>/delete/", listing.view_delete, name="saved_view_delete"),
    path("change/", changing.change, name="list_change"),
    path("change/<int:change_id>/undo/", changing.undo, name="list_change_undo"),
    path("export.csv", exports.guests_csv, name="export_csv"),
    path("export.xlsx", exports.guests_xlsx, name="export_xlsx"),
    path("venue/", exports.venue, name="venue"),
    path("venue.csv", exports.venue_csv, name="venue_csv"),
    path("venue.xlsx", exports.venue_xlsx, name="venue_xlsx"),
    path("door-list/", exports.door_list, name="door_list"),
    path("new/", person.guest_new, name="guest_new"),
    path("import/", imports.guest_import, name="import"),
    path("import/<int:run_id>/", imports.import_detail, name="import_detail"),
    path("import/<int:run_id>/apply/", imports.import_apply, name="import_apply"),
    path("<int:guest_id>/", person.guest_detail, name="guest_detail"),
    path("<int:guest_id>/answer/", answering.answer_for, name="answer_for"),
    path("<int:guest_id>/block/", answering.block, name="block"),
    path("<int:guest_id>/rotate/", person.link_rotate, name="link_rotate"),
    path(
        "<int:guest_id>/assistant/", assistants.set_assistant, name="set_assistant"
    ),
    path(
        "<int:guest_id>/assistant/retire/",
        assistants.retire_link,
        name="assistant_retire",
    ),
    path("<int:guest_id>/edit/", person.guest_edit, name="guest_edit"),
    path("<int:guest_id>/remove/", person.guest_remove, name="guest_remove"),
    path("<int:guest_id>/restore/", person.guest_restore, name="guest_restore"),
    path("<int:guest_id>/card/", person.guest_card, name="guest_card"),
    path("<int:guest_id>/address/", addresses.guest_address, name="guest_address"),
    path("<int:guest_id>/merge/", merging.merge_find, name="merge_find"),
    path(
        "<int:guest_id>/merge/<int:other_id>/",
        merging.guest_merge,
        name="guest_merge",
    ),
    path("doubles/", merging.doubles, name="doubles"),
    path("doubles/apart/", merging.keep_apart, name="keep_apart"),
    path("merges/<int:merge_id>/undo/", merging.merge_undo, name="merge_undo"),
]
AT_THE_DOOR = [
    path("", door.search_page, name="door"),
    path("code/", door.door_code, name="door_code"),
    path("<int:guest_id>/", door.door_card, name="door_card"),
    path("<int:guest_id>/admit/", door.door_admit, name="door_admit"),
    path("<int:guest_id>/out/", door.door_out, name="door_out"),
    path("<int:guest_id>/undo/", door.door_undo, name="door_undo"),
    path("<int:guest_id>/deny/", door.door_deny, name="door_deny"),
    path("<int:guest_id>/trophy/", trophies.trophy_receive, name="trophy_receive"),
]
AT_THE_DESK = [
    path("", results.board, name="results"),
    path("<int:category_id>/", results.category_page, name="result_category"),
    path("<int:category_id>/announce/", results.announce, name="result_announce"),
    path("<int:category_id>/confirm/", results.confirm, name="result_confirm"),
    path("<int:category_id>/withdraw/", results.withdraw, name="result_withdraw"),
]
EVENT = [
    path("", host.overview, name="overview"),
    path("settings/", settings.event_settings, name="settings"),
    path("activity/", host.activity_list, name="activity"),
    path("obligations/", obligations.obligation_list, name="obligations"),
    path("dues/", host.dues_summary, name="dues_summary"),
    path("messages/", post_room.message_list, name="messages"),
    path("messages/send/", post_room.invitations_send, name="invitations_send"),
    path(
        "messages/<int:message_id>/repair/",
        addresses.letter_repair,
        name="letter_repair",
    ),
    path("messages/progress/", post_room.message_progress, name="message_progress"),
    path("nominations/", imports.nomination_list, name="nominations"),
    path("nominations/import/", imports.nomination_import, name="nomination_import"),
    path("nominations/link/", imports.nominee_link, name="nominee_link"),
    path("trophies/", trophies.board, name="trophies"),
    path(
        "trophies/<int:trophy_id>/release/",
        trophies.trophy_release,
        name="trophy_release",
    ),
]
INVITATION = [
    path("", invited.invitation, name="invitation"),
    path("rsvp/", invited.answer, name="rsvp"),
    path("needs/", invited.needs, name="needs"),
    path("pass/", invited.entry_pass, name="pass"),
    path("calendar.ics", invited.calendar, name="calendar"),
    path("donate/", giving.donate, name="donate"),
    path("thanks/", giving.thanks, name="thanks"),
    path("here/", principal.here, name="here"),
    path("may-give/", principal.may_give, name="may_give"),
    path("own-address/", principal.own_address, name="own_address"),
]
CONTACT = [
    path("", contact.portal_page, name="contact"),
    path("answer/", contact.answer, name="contact_answer"),
    path("answer-all/", contact.answer_all, name="contact_answer_all"),
    path("passes/", contact.passes, name="contact_passes"),
    path("calendar.ics", contact.calendar, name="contact_calendar"),
    path("give/", contact.give, name="contact_give"),
    path("thanks/", contact.thanks, name="contact_thanks"),
]

urlpatterns = [
    path("events/<slug:slug>/", include(EVENT)),
    path("events/<slug:slug>/guests/", include(ON_THE_LIST)),
    path("events/<slug:slug>/results/", include(AT_THE_DESK)),
    path("events/<slug:slug>/door/", include(AT_THE_DOOR)),
    path("invitation/<str:public_id>/", include(INVITATION)),
    path("i/<str:token>/", invited.link, name="link"),
    # A token holds a dot, which no slug does.
    path("contact/<slug:public_id>/", include(CONTACT)),
    path("contact/<str:token>/", contact.link, name="contact_link"),
    path("lost-link/", invited.lost_link, name="lost_link"),
    path("pass/<str:token>/", door.door_pass, name="door_pass"),
]
