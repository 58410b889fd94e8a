"""Alembic's entry: migrates through the connection that `bot.store.migrate` hands in."""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=False,
    transactional_ddl=False,  # the caller's transaction holds it all, on both databases
)
context.run_migrations()
