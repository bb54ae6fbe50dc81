"""Which button is the next thing to do: exactly one at any time."""

from __future__ import annotations

import enum

from ui.desk import Snapshot


class Step(enum.Enum):
    """The steps of the lane."""

    SCAN = "scan"
    STOP = "stop"
    GO_ON = "go_on"
    CROP = "crop"
    FINISH = "finish"
    ELSEWHERE = "elsewhere"


def next_step(snapshot: Snapshot | None, *, scanning: bool, asking: bool, cropping: bool, at_desk: bool) -> Step:
    """Say what comes next at the desk; other screens have a primary button of their own."""
    if not at_desk:
        return Step.ELSEWHERE
    if scanning:
        return Step.STOP
    if cropping:
        return Step.CROP
    if asking:
        return Step.GO_ON
    if snapshot is not None and snapshot.editable and snapshot.filled:
        return Step.FINISH
    return Step.SCAN
