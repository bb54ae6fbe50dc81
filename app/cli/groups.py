"""The groups of commands that several modules fill: ``sohoa dossier`` and ``sohoa page``."""

from __future__ import annotations

from app.cli import dossiers, finding, importing, offers, papers, process, records, reusing

dossier = dossiers.app
dossier.command()(finding.search)
dossier.command("import")(importing.import_)
dossier.command()(offers.fields)
dossier.command()(reusing.reuse)
dossier.command()(records.correct)
dossier.command()(records.withdraw)
dossier.command()(records.history)
dossier.command("export")(records.export_)
dossier.command()(records.verify)
for _command in (papers.paper, papers.slip, papers.accept, papers.result, papers.number):
    dossier.command()(_command)

page = process.page_app
page.command("split")(dossiers.split_page)
