"""The history of the tables; run by ``central.database.migrate``."""
