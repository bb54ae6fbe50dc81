"""Filing a dossier: finding its procedure, checking what was entered, finishing it."""
