"""Pixels: read and write them, find the sheet, cut and straighten it. Knows nothing of text or files of record."""
