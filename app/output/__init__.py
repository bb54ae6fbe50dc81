"""What leaves the station: the PDF/A of a paper and the manifest of a dossier."""
