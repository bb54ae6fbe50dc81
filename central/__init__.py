"""The reference central server that stations sync with, and its web pages."""
