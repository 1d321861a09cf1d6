"""What kind of thing each column of this app holds."""

from losers_lounge.personal import Table, columns

TABLE: Table = {
    "Admission": columns(
        opens="nonce",
        personal="reason",
        team="by_name allowed_by looked_by_name",
        public="colour",
    ),
    "Closing": columns(
        personal="reopened_reason",
        team="signed_by_name reopened_by_name",
        public="figures",
    ),
    "Contact": columns(opens="public_id", personal="name email phone"),
    "Device": columns(
        opens="public_id public_key", team="name paired_by_name revoked_by_name"
    ),
    "DoorRequest": columns(
        opens="nonce",
        personal="name reason words",
        team="asked_by_name decided_by_name",
    ),
    "Guest": columns(
        opens="public_id",
        personal="name aliases name_key match_key search_key tags notes dietary"
        " accessibility",
    ),
    "GuestMerge": columns(personal="before"),
    "GuestPledge": columns(),
    "HandOver": columns(
        opens="code_hash asked_by_key",
        personal="to identity",
        team="asked_by_name done_by_name",
    ),
    "ImportChange": columns(personal="before"),
    "ImportPart": columns(personal="rows looks"),
    "ImportRun": columns(personal="header choices", public="summary mapping"),
    "Invitation": columns(opens="public_id"),
    "KnownApart": columns(),
    "LinkUse": columns(personal="device"),
    "ListChange": columns(opens="nonce", personal="value before"),
    "Mailing": columns(
        opens="nonce", personal="audience", team="by_name", public="chosen stated"
    ),
    "NameRequest": columns(personal="name"),
    "Obligation": columns(
        personal="cause facts written waived_reason",
        team="waived_by_name kept_by_name",
        public="key",
    ),
    "SavedView": columns(personal="name query"),
    "SeatMove": columns(),
    "SeatOffer": columns(),
    "Settlement": columns(),
    "Surplus": columns(personal="chosen_by_name"),
    "Trophy": columns(
        personal="inscription condition released_to",
        team="received_by_name released_by_name",
        public="tag shelf",
    ),
    "TrophyMove": columns(personal="words", team="by_name second_name"),
    "TrophyOutcome": columns(personal="words", team="by_name"),
    "TrophyPhoto": columns(personal="jpeg", team="by_name"),
}
