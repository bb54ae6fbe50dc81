"""Runs ``sohoa process`` alone, as a program whose CPU time can be measured."""

from __future__ import annotations

import typer

from app.cli.process import process

if __name__ == "__main__":
    typer.run(process)
