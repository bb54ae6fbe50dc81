"""The pages for people: signing in, and what has been received."""
