"""Catalogues as files: reading tables and JSON that somebody sent, and what may be wrong with them; for station and centre."""
