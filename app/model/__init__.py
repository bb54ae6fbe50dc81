"""The nouns and their allowed transitions: frozen dataclasses, standard library only."""
