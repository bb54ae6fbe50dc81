"""From the scanner to the page store."""
