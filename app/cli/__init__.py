"""The commands of ``sohoa``."""
