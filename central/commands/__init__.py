"""The parts of the command ``sohoa-central``."""
