"""Reading: words, codes and orientation from pixels."""
