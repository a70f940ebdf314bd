"""The hand-off policy that maintainers edit, and what an episode remembers for its newer reasons."""

import sqlalchemy as sa
from alembic import op

import bot.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "policy_revisions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=64), nullable=False),
        sa.Column("at", bot.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["agents.id"], name=op.f("fk_policy_revisions_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_revisions")),
    )
    # Not in batch mode, which would make the table anew: messages and tickets refer to it.
    op.add_column("episodes", sa.Column("intensity", sa.Double(), server_default="0", nullable=False))
    op.add_column("episodes", sa.Column("emotion_rise", sa.Integer(), server_default="0", nullable=False))
    op.add_column("episodes", sa.Column("entry", sa.Text(), nullable=True))
    op.add_column("episodes", sa.Column("repeats", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Undo."""
    for column in ("repeats", "entry", "emotion_rise", "intensity"):
        op.drop_column("episodes", column)
    op.drop_table("policy_revisions")
