"""The forms of the money's rooms: who types, the fields, what else must be right."""

FORMS: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "donations:reward_step": (
        "finance",
        ("text", "proof", "remark", "ship_to", "to", "do"),
        {"do": "word"},
    ),
    "donations:donor_bottle": (
        "donor",
        ("text", "remark", "ship_to", "is_of_age", "proof", "do"),
        {"do": "word"},
    ),
    "donations:batch_make": ("finance", ("bottle",), {}),
    "donations:manual": (
        "finance",
        ("donor_name", "donor_email", "amount", "cheque_number", "note", "nonce"),
        {"donor_name": "A", "amount": "5", "kind": "cash", "nonce": "n9"},
    ),
    "donations:manual_void": ("finance", ("reason",), {}),
    "donations:gift_review": ("finance", ("words",), {}),
    "donations:gift_warning": ("finance", ("words",), {}),
    "donations:gift_wish": ("finance", ("words", "answer"), {"answer": "drop"}),
    "donations:gift_refund": (
        "finance",
        ("amount", "reason", "nonce"),
        {"amount": "5", "reason": "x", "nonce": "n8"},
    ),
    "donations:gift_evidence": ("finance", ("words",), {}),
    "donations:receipts_send": (
        "finance",
        ("number", "year", "all"),
        {"nonce": "n" * 8},
    ),
    "donations:receipt_correct": ("finance", ("name", "email"), {"name": "Amy"}),
    "donations:receipt_values": (
        "finance",
        ("admission", "bottle", "who", "words"),
        {},
    ),
    "donations:donor_credit": ("donor", ("credit_name",), {}),
    "donations:donor_wish": ("donor", ("words",), {}),
    "guests:surplus": ("donor", ("surplus", "choice"), {"choice": "keep"}),
    "donations:explain_discrepancy": ("finance", ("reason",), {}),
    "donations:exception_assign": ("finance", ("to",), {}),
    "donations:exception_match": ("finance", ("donation",), {}),
    "donations:reconciliation": ("finance", ("after",), {}),
}
# Forms of a button alone.
BUTTONS = {
    "donations:statement_freeze",
    "donations:press_freeze",
    "donations:retry_webhooks",
    "donations:exception_take",
    "donations:receipt_leave",
    "donations:proofs_send",
    "donations:manual_sign",
    "donations:gift_refund_seen",
}
