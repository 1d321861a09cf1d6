"""The addresses of the night: results desk, door, trophies."""

from django.urls import path

from guests.views import (
    by_hand,
    hand_over,
    official,
    readiness,
    result_presses,
    results,
    trophies,
    trophy_desk,
    undecided,
)
from guests.views.door import (
    asking,
    devices,
    exceptions,
    live,
    paired,
    presses,
    requests,
    search,
    settle,
    shell,
    sync,
)

AT_THE_DESK = [
    path("", results.board, name="results"),
    path("official/", official.upload, name="results_official"),
    path("official/<int:list_id>/", official.look, name="official_look"),
    path("official/<int:list_id>/apply/", official.apply, name="official_apply"),
    path("<int:category_id>/", results.category_page, name="result_category"),
    path(
        "<int:category_id>/announce/", result_presses.announce, name="result_announce"
    ),
    path("<int:category_id>/confirm/", result_presses.confirm, name="result_confirm"),
    path(
        "<int:category_id>/withdraw/", result_presses.withdraw, name="result_withdraw"
    ),
    path("<int:category_id>/undo/", result_presses.undo, name="result_undo"),
]

AT_THE_DOOR = [
    path("", search.search_page, name="door"),
    path("code/", search.door_code, name="door_code"),
    path("phones/", devices.phone_list, name="devices"),
    path("phones/<int:device_id>/", devices.device_code, name="device_code"),
    path("phones/<int:device_id>/out/", devices.device_revoke, name="device_revoke"),
    path("pin/", devices.door_pin, name="door_pin"),
    path("unpair/", paired.door_unpair, name="door_unpair"),
    path("beat/", paired.door_beat, name="door_beat"),
    path("readiness/", readiness.readiness_board, name="readiness"),
    path("ask/", asking.door_ask, name="door_ask"),
    path("requests/", requests.request_list, name="door_requests"),
    path("requests/<int:asked_id>/", asking.door_request, name="door_request"),
    path("requests/<int:asked_id>/decide/", requests.door_decide, name="door_decide"),
    path(
        "requests/<int:asked_id>/pin/", asking.door_pin_decide, name="door_pin_decide"
    ),
    path(
        "requests/<int:asked_id>/withdraw/",
        asking.door_withdraw,
        name="door_withdraw",
    ),
    path("settle/", settle.settle_list, name="settle"),
    path("settle/<int:guest_id>/tell/", settle.settle_tell, name="settle_tell"),
    path("settle/<int:guest_id>/by-hand/", by_hand.paid_by_hand, name="by_hand"),
    path(
        "settle/<int:guest_id>/by-hand/sign/",
        by_hand.sign_by_hand,
        name="sign_by_hand",
    ),
    path(
        "settle/<int:guest_id>/by-hand/photo.jpg",
        by_hand.photo_by_hand,
        name="photo_by_hand",
    ),
    path("undecided/", undecided.board, name="undecided"),
    path("news/", live.door_news, name="door_news"),
    path("key/", live.door_key, name="door_key"),
    path("snapshot/", live.door_snapshot, name="door_snapshot"),
    path("offline/", shell.door_offline, name="door_offline"),
    path("worker.js", shell.door_worker, name="door_worker"),
    path("sync/", sync.door_sync, name="door_sync"),
    path("exceptions/", exceptions.exception_list, name="door_exceptions"),
    path(
        "exceptions/<int:admission_id>/look/",
        exceptions.exception_look,
        name="door_exception_look",
    ),
    path("<int:guest_id>/", search.door_card, name="door_card"),
    path("<int:guest_id>/ask-waiver/", asking.door_ask_waiver, name="door_ask_waiver"),
    path("<int:guest_id>/waive/", asking.door_waive, name="door_waive"),
    path("<int:guest_id>/admit/", presses.door_admit, name="door_admit"),
    path("<int:guest_id>/out/", presses.door_out, name="door_out"),
    path("<int:guest_id>/home/", presses.door_home, name="door_home"),
    path("<int:guest_id>/undo/", presses.door_undo, name="door_undo"),
    path("<int:guest_id>/deny/", presses.door_deny, name="door_deny"),
    path("<int:guest_id>/trophy/", trophy_desk.trophy_receive, name="trophy_receive"),
    path("<int:guest_id>/statue/", trophy_desk.trophy_outcome, name="trophy_outcome"),
]

WITH_THE_TROPHIES = [
    path("", trophies.board, name="trophies"),
    path("tags/", trophies.trophy_tags, name="trophy_tags"),
    path("tag/<str:tag>/", trophies.trophy_tag, name="trophy_tag"),
    path("safe/", trophies.trophies_safe, name="trophies_safe"),
    path("photos/<int:photo_id>/", trophy_desk.trophy_photo, name="trophy_photo"),
    path("<int:trophy_id>/", trophies.trophy_detail, name="trophy"),
    path(
        "<int:trophy_id>/photo/", trophy_desk.trophy_photo_add, name="trophy_photo_add"
    ),
    path("<int:trophy_id>/shelf/", trophy_desk.trophy_shelf, name="trophy_shelf"),
    path("<int:trophy_id>/owner/", hand_over.hand_over_begin, name="hand_over_begin"),
    path("<int:trophy_id>/code/", hand_over.hand_over_code, name="hand_over_code"),
    path("<int:trophy_id>/host/", hand_over.hand_over_host, name="hand_over_host"),
    path(
        "hand-overs/<int:hand_over_id>/confirm/",
        hand_over.hand_over_confirm,
        name="hand_over_confirm",
    ),
    path(
        "hand-overs/<int:hand_over_id>/try/",
        hand_over.hand_over_try,
        name="hand_over_try",
    ),
    path(
        "hand-overs/<int:hand_over_id>/cancel/",
        hand_over.hand_over_cancel,
        name="hand_over_cancel",
    ),
]
