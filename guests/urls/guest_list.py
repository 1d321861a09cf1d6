"""The addresses of the guest list."""

from django.urls import path

from guests.views import (
    addresses,
    answering,
    assistants,
    changing,
    exports,
    imports,
    listing,
    merging,
    person,
)

ON_THE_LIST = [
    path("", listing.guest_list, name="guest_list"),
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
    path("import/<int:run_id>/columns/", imports.import_columns, name="import_columns"),
    path("import/<int:run_id>/names/", imports.import_names, name="import_names"),
    path("import/<int:run_id>/refused/", imports.import_refused, name="import_refused"),
    path("import/<int:run_id>/apply/", imports.import_apply, name="import_apply"),
    path(
        "import/<int:run_id>/progress/", imports.import_progress, name="import_progress"
    ),
    path("import/<int:run_id>/undo/", imports.import_undo, name="import_undo"),
    path("import/<int:run_id>/digests/", imports.import_digests, name="import_digests"),
    path("<int:guest_id>/", person.guest_detail, name="guest_detail"),
    path("<int:guest_id>/answer/", answering.answer_for, name="answer_for"),
    path("<int:guest_id>/block/", answering.block, name="block"),
    path("<int:guest_id>/rotate/", person.link_rotate, name="link_rotate"),
    path("<int:guest_id>/assistant/", assistants.set_assistant, name="set_assistant"),
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
