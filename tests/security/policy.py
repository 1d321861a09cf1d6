"""The policy: for whom each address is, and by which method."""

from dataclasses import dataclass

from tests.security.scene import TEAM

PEOPLE = (*TEAM, "stranger", "anonymous", "guest", "agent", "payer", "donor", "phone")
EVERYBODY = frozenset(PEOPLE)
ACCOUNTS = frozenset((*TEAM, "stranger"))
GUEST = frozenset({"guest"})
AGENT = frozenset({"agent"})
PAYER = frozenset({"payer"})
DONOR = frozenset({"donor"})
READ, PRESS, FORM = ("get",), ("post",), ("get", "post")


@dataclass(frozen=True)
class Policy:
    methods: tuple[str, ...]
    people: frozenset[str]


def team(methods: tuple[str, ...], *roles: str) -> Policy:
    """A room of an event: its hosts, and who else is named."""
    return Policy(methods, frozenset(("host", *roles)))


def at_the_door(methods: tuple[str, ...]) -> Policy:
    """For hosts, the door's team, and phones that a host paired."""
    return Policy(methods, frozenset(("host", "door", "phone")))


def table(policy: Policy, names: str) -> dict[str, Policy]:
    return dict.fromkeys(names.split(), policy)


POLICY = {
    **table(
        Policy(READ, EVERYBODY),
        "events:robots events:home events:healthz events:readyz events:security "
        "guests:link guests:contact_link guests:calendar_link "
        "guests:pay_link donations:total donations:total_json donations:donor_link "
        "donations:total_press account_inactive "
        "account_reset_password_done account_reset_password_from_key_done",
    ),
    **table(
        Policy(FORM, EVERYBODY),
        "account_login account_logout account_signup account_reset_password "
        "account_reset_password_from_key guests:lost_link events:unsubscribe "
        "mfa_authenticate mfa_login_webauthn",
    ),
    **table(
        Policy(PRESS, EVERYBODY),
        "donations:stripe_webhook events:bounces events:language",
    ),
    # Superusers' own; none of the people here is one.
    **table(Policy(READ, frozenset()), "operations:board operations:metrics"),
    **table(Policy(READ, ACCOUNTS), "events:event_list donations:donation_events"),
    **table(Policy(READ, ACCOUNTS), "mfa_index"),
    **table(Policy(PRESS, ACCOUNTS), "account_end_other_sessions"),
    **table(
        Policy(FORM, ACCOUNTS),
        "account_change_password account_reauthenticate mfa_reauthenticate "
        "mfa_reauthenticate_webauthn mfa_activate_totp mfa_add_webauthn "
        "mfa_edit_webauthn mfa_remove_webauthn mfa_generate_recovery_codes",
    ),
    # Nobody here has a factor yet: what one has is in test_second_factor.py.
    **table(
        Policy(READ, frozenset()),
        "mfa_view_recovery_codes mfa_download_recovery_codes",
    ),
    **table(Policy(FORM, frozenset()), "mfa_deactivate_totp"),
    # Hosts of any event, and whoever is on no team, make events of their own.
    **table(Policy(FORM, frozenset({"host", "stranger"})), "events:event_new"),
    **table(Policy(PRESS, frozenset({"host", "stranger"})), "guests:new_rule_examples"),
    **table(team(PRESS), "guests:rule_examples"),
    **table(team(PRESS), "guests:obligation_decide"),
    **table(team(FORM), "events:event_duplicate"),
    **table(team(READ), "guests:activity_csv"),
    **table(team(PRESS), "events:member_role events:member_resend"),
    **table(
        Policy(READ, AGENT),
        "guests:contact guests:contact_passes guests:contact_calendar",
    ),
    **table(
        Policy(PRESS, AGENT),
        "guests:contact_answer guests:contact_answer_all guests:contact_needs",
    ),
    **table(Policy(FORM, AGENT), "guests:contact_thanks guests:contact_give"),
    **table(Policy(PRESS, GUEST), "guests:here guests:may_give"),
    **table(Policy(FORM, GUEST), "guests:own_address"),
    **table(Policy(READ, PAYER), "guests:pay"),
    **table(Policy(PRESS, PAYER), "guests:pay_give"),
    **table(Policy(READ, DONOR), "donations:donor donations:donor_proof"),
    **table(Policy(READ, DONOR), "donations:donor_receipt donations:donor_pdf"),
    **table(Policy(PRESS, DONOR), "donations:donor_credit donations:donor_wish"),
    **table(Policy(PRESS, DONOR), "donations:donor_bottle"),
    **table(Policy(FORM, DONOR), "guests:surplus"),
    **table(
        team(READ, "finance"),
        "donations:rewards donations:reward donations:reward_proof donations:batch "
        "donations:batch_csv donations:manual_photo donations:payouts "
        "donations:payout donations:exceptions donations:exception",
    ),
    **table(
        team(PRESS, "finance"),
        "donations:reward_step donations:proofs_send donations:batch_make "
        "donations:manual_sign donations:manual_void",
    ),
    **table(team(FORM, "finance"), "donations:manual"),
    **table(team(READ, "finance"), "donations:gift donations:gift_evidence_pdf"),
    **table(
        team(PRESS, "finance"),
        "donations:gift_review donations:gift_warning donations:gift_wish "
        "donations:gift_refund_seen",
    ),
    **table(team(FORM, "finance"), "donations:gift_refund donations:gift_evidence"),
    **table(team(READ), "guests:gift_evidence"),
    **table(Policy(FORM, PAYER), "guests:pay_thanks"),
    **table(team(PRESS), "guests:set_assistant guests:assistant_retire"),
    **table(Policy(READ, GUEST), "guests:invitation guests:pass guests:calendar"),
    **table(Policy(PRESS, GUEST), "guests:rsvp guests:needs"),
    **table(Policy(FORM, GUEST), "guests:thanks guests:donate"),
    **table(Policy(FORM, GUEST), "guests:pledge"),
    **table(Policy(FORM, AGENT), "guests:contact_pledge"),
    **table(team(READ), "guests:pledge_review"),
    **table(team(PRESS), "guests:pledges_charge"),
    **table(team(READ, "finance"), "donations:pledges"),
    **table(team(READ, "results", "door", "finance"), "guests:overview"),
    **table(
        team(READ),
        "guests:guest_list guests:guest_detail guests:import_detail guests:activity "
        "guests:messages guests:message_progress guests:nominations "
        "guests:obligations",
    ),
    **table(team(READ), "guests:waiting guests:names"),
    **table(
        team(PRESS), "guests:offers_release guests:offer_withdraw guests:name_decide"
    ),
    **table(team(READ), "guests:guest_card guests:merge_find guests:doubles"),
    **table(
        team(READ),
        "guests:export_csv guests:export_xlsx guests:venue guests:venue_csv "
        "guests:venue_xlsx",
    ),
    **table(team(READ, "door"), "guests:door_list guests:readiness"),
    **table(
        team(PRESS),
        "guests:list_change guests:list_change_undo guests:saved_view_save "
        "guests:saved_view_delete",
    ),
    **table(
        team(FORM),
        "guests:guest_edit guests:guest_address guests:guest_merge "
        "guests:letter_repair",
    ),
    **table(
        team(PRESS),
        "guests:guest_remove guests:guest_restore guests:merge_undo guests:keep_apart",
    ),
    **table(team(READ), "guests:import_progress guests:import_refused"),
    **table(team(FORM), "guests:import_columns guests:import_names"),
    **table(team(PRESS), "guests:import_undo guests:import_digests"),
    **table(
        team(FORM),
        "guests:guest_new guests:import guests:nomination_import guests:settings "
        "events:team",
    ),
    **table(
        team(PRESS),
        "guests:import_apply guests:link_rotate guests:invitations_send "
        "guests:nominee_link guests:answer_for guests:block events:member_remove",
    ),
    **table(team(READ), "guests:letter_frame"),
    **table(team(FORM), "guests:letter_words guests:mailing_new"),
    **table(
        team(PRESS),
        "guests:letter_preview guests:letter_test guests:mail_hold "
        "guests:mail_release guests:message_again guests:mailing_cancel",
    ),
    **table(team(READ, "results"), "guests:results guests:result_category"),
    **table(
        team(PRESS, "results"),
        "guests:result_announce guests:result_confirm guests:result_withdraw "
        "guests:result_undo guests:official_apply",
    ),
    **table(team(READ, "results"), "guests:official_look"),
    **table(team(FORM, "results"), "guests:results_official"),
    **table(Policy(FORM, EVERYBODY), "guests:pair"),
    **table(team(FORM), "guests:devices guests:door_pin"),
    **table(team(READ), "guests:device_code guests:closing guests:forgetting"),
    **table(
        team(PRESS),
        "guests:closing_home guests:closing_safe guests:closing_owed "
        "guests:closing_sign guests:closing_reopen guests:forget_now",
    ),
    **table(team(PRESS), "guests:device_revoke"),
    **table(
        at_the_door(READ), "guests:door_news guests:door_offline guests:door_worker"
    ),
    **table(Policy(READ, frozenset({"phone"})), "guests:door_snapshot"),
    **table(Policy(PRESS, frozenset({"phone"})), "guests:door_key"),
    **table(at_the_door(PRESS), "guests:door_unpair guests:door_beat"),
    **table(team(READ, "door"), "guests:settle guests:photo_by_hand"),
    **table(team(PRESS, "door"), "guests:settle_tell guests:sign_by_hand"),
    **table(team(FORM, "door"), "guests:by_hand"),
    **table(
        Policy(READ, frozenset({"host", "results", "door", "phone"})),
        "guests:undecided",
    ),
    **table(at_the_door(FORM), "guests:trophy_receive"),
    **table(team(READ, "door"), "guests:trophy_tags"),
    **table(
        at_the_door(READ),
        "guests:door guests:door_card guests:door_pass guests:trophies "
        "guests:trophy guests:trophy_tag guests:trophy_photo",
    ),
    **table(team(READ, "door"), "guests:door_exceptions"),
    **table(team(PRESS, "door"), "guests:door_exception_look"),
    **table(
        at_the_door(PRESS),
        "guests:door_code guests:door_admit guests:door_out guests:door_undo "
        "guests:door_deny guests:door_home guests:door_sync "
        "guests:trophy_outcome guests:trophy_photo_add "
        "guests:trophy_shelf guests:trophies_safe guests:hand_over_begin "
        "guests:hand_over_code guests:hand_over_host guests:hand_over_confirm "
        "guests:hand_over_try guests:hand_over_cancel",
    ),
    **table(team(READ), "guests:door_requests"),
    **table(team(PRESS), "guests:door_decide"),
    **table(at_the_door(READ), "guests:door_request"),
    **table(
        at_the_door(PRESS),
        "guests:door_ask guests:door_ask_waiver guests:door_waive "
        "guests:door_pin_decide guests:door_withdraw",
    ),
    **table(
        team(READ, "finance"),
        "guests:dues_summary donations:dashboard donations:receipt",
    ),
    **table(
        team(READ, "finance"),
        "donations:receipts donations:receipt_pdf",
    ),
    **table(
        team(FORM, "finance"), "donations:receipt_correct donations:receipt_values"
    ),
    **table(
        team(PRESS, "finance"),
        "donations:receipts_send donations:receipt_leave",
    ),
    **table(
        team(READ, "finance"),
        "donations:gifts donations:statements donations:statement donations:press "
        "donations:statement_json donations:statement_csv donations:statement_pdf "
        "donations:journal_csv",
    ),
    **table(
        team(PRESS, "finance"), "donations:statement_freeze donations:press_freeze"
    ),
    **table(team(FORM, "finance"), "donations:reconciliation"),
    **table(
        team(PRESS, "finance"),
        "donations:explain_discrepancy donations:retry_webhooks "
        "donations:exception_assign donations:exception_match "
        "donations:exception_take",
    ),
}


# Names that nobody looked up: the trophy desk's work, and no door phone's.
OF_THE_TROPHY_DESK = {"guests:trophies", "guests:trophy_tag", "guests:trophies_safe"}


# A monitor is known by its network, not by an account: nobody here is one.
FOR_MONITORS = ("operations:metrics",)


def expected(route: str, person: str, method: str) -> str:
    policy = POLICY[route]
    by_link = {"anonymous", "guest", "agent", "payer", "donor"}
    needs_account = not policy.people & by_link and route not in FOR_MONITORS
    is_known = person in ACCOUNTS or person in policy.people
    if needs_account and not is_known:
        return "login"
    if method not in policy.methods:
        return "wrong method"
    if person == "phone" and route in OF_THE_TROPHY_DESK:
        return "absent"
    return "open" if person in policy.people else "absent"
