"""A migration can be purged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Remember when."""
    op.add_column("migrations", sa.Column("purged_at", sa.DateTime(timezone=True)))
