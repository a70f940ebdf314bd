"""Versions of the database schema (Alembic)."""
