"""Alembic runs this file; the connection and its transaction are the caller's."""

from alembic import context
from sqlalchemy import Connection

from logbook.database.models import Base

connection: Connection = context.config.attributes["connection"]
# Alembic takes SQLite's DDL for one that cannot be rolled back; in our transactions it can.
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
