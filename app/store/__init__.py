"""The page store: page files beside an SQLite database, one writer, a lock on the folder."""
