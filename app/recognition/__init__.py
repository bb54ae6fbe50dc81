"""Reading: words and orientation from pixels."""
