"""What customers say about answers, and what maintainers decide about gaps."""

import sqlalchemy as sa
from alembic import op

import bot.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feedback",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("at", bot.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_feedback_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])
    op.create_table(
        "gap_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=True),
        sa.Column("until", bot.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=64), nullable=False),
        sa.Column("at", bot.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["agents.id"], name=op.f("fk_gap_decisions_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_decisions")),
    )
    # Not in batch mode, which would make the table anew: feedback and turns refer to it.
    op.add_column("messages", sa.Column("entry", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("messages", "entry")
    op.drop_table("gap_decisions")
    op.drop_index("ix_feedback_conversation_id", "feedback")
    op.drop_table("feedback")
