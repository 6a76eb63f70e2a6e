"""Alembic's environment: the caller brings the connection, already bound to the schema to migrate."""

from alembic import context

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", transactional_ddl=True, transaction_per_migration=False)
else:
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
