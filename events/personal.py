"""What kind of thing each column of this app holds.

Nominees and their works are public record: a ballot that the academy prints. What is
private is that somebody was invited, came and owed, and that stands in `guests`.
Hosts' own words about their evening are public too: they go to everybody invited.
"""

from losers_lounge.personal import Table, columns

TABLE: Table = {
    "AccountActivity": columns(team="how"),
    "Activity": columns(personal="actor_name object_name", public="verb about"),
    "Category": columns(public="name name_key draft_winners"),
    "Charity": columns(
        public="legal_name ein address receipt_wording stripe_account_id"
    ),
    "DomainPace": columns(public="domain"),
    "Epoch": columns(public="mark"),
    "Event": columns(
        public="slug name hosted_by welcome venue address time_zone currency"
        " exempt_tags values_estimated_by creation_nonce"
    ),
    "Heartbeat": columns(public="name"),
    "LetterText": columns(public="kind subject body"),
    "Member": columns(opens="pin_hash"),
    "Message": columns(
        opens="lookup claim_id address_mac",
        personal="recipient_name recipient_email context server_words",
        public="kind about dedupe_key message_id template last_error request_id",
    ),
    "Nomination": columns(public="work work_key"),
    "Nominee": columns(public="name name_key aliases"),
    "ResultChange": columns(team="by_name", public="winners_before winners_after"),
    "SendingHold": columns(public="reason"),
    "Suppression": columns(opens="address_mac"),
    "Tally": columns(public="name"),
    "Tombstone": columns(opens="mac"),
    "User": columns(opens="password", personal="name email"),
}
