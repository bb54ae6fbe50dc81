"""The workers under Wine; what they stand on is in tests/wine.py."""

from tests.wine import either, twain, wine

__all__ = ["either", "twain", "wine"]
