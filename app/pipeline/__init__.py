"""From an untouched scan to a page that is found, straight, upright and read; off the window's thread."""
