"""What tests of drivers share: a bench that runs whole batches as the workstation does, and what came of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.client import Deadlines, ScanRun, start_scan
from drivers.contract import Event, Fault, Finished, PageFinished, ScanRequest

# A small slip of paper, so that a page takes milliseconds.
WIDTH_MM, HEIGHT_MM, DPI = 100.0, 50.0, 100
WIDTH, HEIGHT = 394, 197


@dataclass
class Outcome:
    """What one batch came to."""

    events: list[Event] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[PageFinished]:
        return [event for event in self.events if isinstance(event, PageFinished)]

    @property
    def end(self) -> Fault | Finished:
        last = self.events[-1]
        assert isinstance(last, Fault | Finished)
        assert not any(isinstance(event, Fault | Finished) for event in self.events[:-1])
        return last

    @property
    def fault(self) -> Fault:
        assert isinstance(self.end, Fault), self.end
        return self.end


@dataclass
class Bench:
    """Starts batches with one backend on one device."""

    backend: str
    device: str
    spool: Path
    environment: dict[str, str] = field(default_factory=dict)
    nobody: str = "/nowhere/scanner"

    def request(self, **changes: Any) -> ScanRequest:
        usual: dict[str, Any] = {"dpi": DPI, "paper_width_mm": WIDTH_MM, "paper_height_mm": HEIGHT_MM, "spool": str(self.spool)}
        return ScanRequest(**{"device": self.device, **usual, **changes})

    def start(self, *, deadlines: Deadlines | None = None, log: Any = None, **changes: Any) -> ScanRun:
        return start_scan(self.backend, self.request(**changes), deadlines=deadlines, environment=self.environment, log=log)

    def scan(self, on_event: Callable[[ScanRun, Event], None] | None = None, **changes: Any) -> Outcome:
        """Run a whole batch as the workstation does, committing each page at once."""
        outcome = Outcome()
        with self.start(log=outcome.log.append, **changes) as run:
            for event in run.events():
                outcome.events.append(event)
                if on_event is not None:
                    on_event(run, event)
                if isinstance(event, PageFinished):
                    run.next_page()
        assert (run.fed, run.delivered) == (_fed(outcome), len(outcome.pages))
        return outcome


def _fed(outcome: Outcome) -> int:
    return sum(type(event).__name__ == "PageStarted" for event in outcome.events)
