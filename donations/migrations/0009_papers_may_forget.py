"""What was printed may forget a name after its clock, and still nothing else.

Of a receipt: who gave, their address, and for whom each line is. Of an engraver's
file: its words, while its hash stays. Each becomes empty, never something else, and
only together with the mark that says when; every figure is held as before.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

may_forget = import_module("events.migrations.0014_activity_may_forget")
papers = import_module("donations.migrations.0006_papers_are_frozen")

MARK = may_forget.MARK
NAMES = {"receipt": ("donor_name", "donor_email"), "engravingbatch": ("body",)}
RECEIPT = "donations_receipt"
LINES_TRIGGER = "receipt_lines_only_forget"

# The same lines with the same cents; a name is the same or nothing.
# S608: every word of both is written here.
LINES_POSTGRESQL = f"""
CREATE FUNCTION donations_receipt_lines() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF NEW."{MARK}" IS NULL OR jsonb_typeof(NEW.lines) <> 'array' OR EXISTS (
    SELECT 1 FROM jsonb_array_elements(OLD.lines) WITH ORDINALITY AS o(line, n)
    FULL JOIN jsonb_array_elements(NEW.lines) WITH ORDINALITY AS p(line, n) USING (n)
    WHERE (o.line - 0) IS DISTINCT FROM (p.line - 0)
    OR (p.line->>0 IS DISTINCT FROM '' AND p.line->0 IS DISTINCT FROM o.line->0)
) THEN RAISE EXCEPTION '{papers.REFUSAL}'
USING ERRCODE = 'integrity_constraint_violation'; END IF;
RETURN NEW; END $$;
CREATE TRIGGER {LINES_TRIGGER} BEFORE UPDATE ON {RECEIPT}
FOR EACH ROW WHEN (OLD.lines IS DISTINCT FROM NEW.lines)
EXECUTE FUNCTION donations_receipt_lines();
"""  # noqa: S608
LINES_SQLITE = f"""
CREATE TRIGGER {LINES_TRIGGER} BEFORE UPDATE ON {RECEIPT}
FOR EACH ROW WHEN OLD.lines IS NOT NEW.lines BEGIN
SELECT RAISE(ABORT, '{papers.REFUSAL}') WHERE NEW."{MARK}" IS NULL
OR json_array_length(OLD.lines) <> json_array_length(NEW.lines)
OR EXISTS (
    SELECT 1 FROM json_each(OLD.lines) AS o JOIN json_each(NEW.lines) AS p
    ON o.key = p.key
    WHERE json_remove(o.value, '$[0]') IS NOT json_remove(p.value, '$[0]')
    OR (json_extract(p.value, '$[0]') IS NOT ''
    AND json_extract(p.value, '$[0]') IS NOT json_extract(o.value, '$[0]'))
); END
"""  # noqa: S608


def fixed(apps: StateApps, name: str, loose: tuple[str, ...]) -> tuple[str, ...]:
    """All columns but those that may change some day."""
    fields = apps.get_model("donations", name)._meta.concrete_fields
    may = (*papers.MAY_CHANGE[name], *loose, MARK)
    return tuple(field.column for field in fields if field.column not in may)


def replace(
    apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, name: str, condition: str
) -> None:
    may_forget.replace(
        schema_editor,
        f"donations_{name}",
        f"{name}_never_changed",
        condition,
        "donations_paper_refuses",
        papers.REFUSAL,
    )


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    word = may_forget.differs(schema_editor)
    for name, names in NAMES.items():
        # Lines have a trigger of their own, which reads into them.
        loose = (*names, "lines") if name == "receipt" else names
        columns = fixed(apps, name, loose)
        replace(apps, schema_editor, name, may_forget.touched(columns, names, word))
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(LINES_POSTGRESQL if is_postgresql else LINES_SQLITE)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As 0006 had it: nothing may be forgotten."""
    word = may_forget.differs(schema_editor)
    for name in NAMES:
        columns = fixed(apps, name, ())
        parts = [f'OLD."{column}" {word} NEW."{column}"' for column in columns]
        replace(apps, schema_editor, name, " OR ".join(parts))
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {LINES_TRIGGER} ON {RECEIPT}")
        schema_editor.execute("DROP FUNCTION donations_receipt_lines()")
    else:
        schema_editor.execute(f"DROP TRIGGER {LINES_TRIGGER}")


def add_mark(model: str) -> migrations.AddField:
    field = models.DateTimeField(blank=True, editable=False, null=True)
    return migrations.AddField(model_name=model, name=MARK, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0008_donor_erased_at"),
        ("events", "0014_activity_may_forget"),
    ]

    operations = [
        add_mark("receipt"),
        add_mark("engravingbatch"),
        migrations.RunPython(guard, unguard),
    ]
