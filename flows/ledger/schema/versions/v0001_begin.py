"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _work()
    _findings()
    _notices()


def _work() -> None:
    """Who works on a migration, and what the runs did."""
    op.create_table(
        "migrations",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings_digest", sa.String()),
        sa.PrimaryKeyConstraint("migration_id", name="pk_migrations"),
    )
    op.create_table(
        "locks",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process_start", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migrations.migration_id"], name="fk_locks_migrations"
        ),
        sa.PrimaryKeyConstraint("migration_id", name="pk_locks"),
    )
    op.create_table(
        "runs",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.String()),
        sa.Column("counts", sa.JSON()),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migrations.migration_id"], name="fk_runs_migrations"
        ),
        sa.PrimaryKeyConstraint("migration_id", "number", name="pk_runs"),
    )


def _findings() -> None:
    """What was read and found."""
    op.create_table(
        "source_files",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("reading_key", sa.String(), nullable=False),
        sa.Column("parts", sa.String(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migrations.migration_id"], name="fk_source_files_migrations"
        ),
        sa.PrimaryKeyConstraint("migration_id", "source", "label", name="pk_source_files"),
    )
    op.create_table(
        "findings",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("confidence", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("seen_row", sa.String()),
        sa.Column("grounds", sa.String()),
        sa.Column("closure", sa.String()),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("changed_run", sa.Integer(), nullable=False),
        sa.Column("closed_run", sa.Integer()),
        sa.Column("gone_run", sa.Integer()),
        sa.PrimaryKeyConstraint("migration_id", "finding_id", name="pk_findings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "finding_changes",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("verdict_before", sa.String()),
        sa.Column("verdict_after", sa.String()),
        sa.Column("reason_before", sa.String()),
        sa.Column("reason_after", sa.String()),
        sa.Column("closure_before", sa.String()),
        sa.Column("closure_after", sa.String()),
        sa.PrimaryKeyConstraint("migration_id", "finding_id", "run", name="pk_finding_changes"),
        sqlite_with_rowid=False,
    )


def _notices() -> None:
    """What is told to customers."""
    op.create_table(
        "notices",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String()),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("recipient", sa.String()),
        sa.Column("is_supplement", sa.Boolean(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("created_run", sa.Integer(), nullable=False),
        sa.Column("changed_run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migrations.migration_id"], name="fk_notices_migrations"
        ),
        sa.PrimaryKeyConstraint("migration_id", "customer_id", "revision", name="pk_notices"),
    )
    op.create_table(
        "notice_items",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("grounds", sa.String()),
        sa.Column("what", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["migration_id", "customer_id", "revision"],
            ["notices.migration_id", "notices.customer_id", "notices.revision"],
            name="fk_notice_items_notices",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "migration_id", "customer_id", "revision", "finding_id", name="pk_notice_items"
        ),
    )
    op.create_table(
        "notice_history",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("state_before", sa.String()),
        sa.Column("state_after", sa.String(), nullable=False),
        sa.Column("why", sa.String()),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id", "customer_id", "revision"],
            ["notices.migration_id", "notices.customer_id", "notices.revision"],
            name="fk_notice_history_notices",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "migration_id", "customer_id", "revision", "number", name="pk_notice_history"
        ),
    )
    op.create_table(
        "deliveries",
        sa.Column("migration_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String()),
        sa.Column("recipient", sa.String()),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String()),
        sa.Column("answer", sa.String()),
        sa.ForeignKeyConstraint(
            ["migration_id", "customer_id", "revision"],
            ["notices.migration_id", "notices.customer_id", "notices.revision"],
            name="fk_deliveries_notices",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "migration_id", "customer_id", "revision", "attempt", name="pk_deliveries"
        ),
    )
