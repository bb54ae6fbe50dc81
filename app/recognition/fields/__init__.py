"""Recognition into fields: from the words and codes of a page to proposals, by rules that are data."""
