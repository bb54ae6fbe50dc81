"""Sends finished records to the centre and keeps its receipts."""
