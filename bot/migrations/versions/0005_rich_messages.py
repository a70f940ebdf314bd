"""Messages in Markdown, and with pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # Not in batch mode, which would make the table anew: feedback and turns refer to it.
    op.add_column("messages", sa.Column("rich", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("images", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("messages", "images")
    op.drop_column("messages", "rich")
