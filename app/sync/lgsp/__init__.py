"""Another province's system, spoken to in six steps over its LGSP (docs/connectors.md)."""
