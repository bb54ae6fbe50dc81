"""The detectors on scans made anew from the sample pages: other lids, leans, papers, contrasts and resolutions."""

from __future__ import annotations

from app.imaging.detection import detect
from tests.bench import scoring
from tests.bench.variations import scans


def test_sheets_are_found_straight_and_told_from_blank_paper() -> None:
    overlaps = []
    for scan in scans(12, seed=11):
        findings, truth = detect(scan.raster), scan.truth
        overlaps.append(scoring.overlap(truth, findings.quad))
        assert abs(findings.skew - truth["skew_deg"]) < 0.15, truth["id"]
        assert findings.blank == truth["blank"], truth["id"]
        assert "cut_off" not in findings.warnings, truth["id"]
    assert min(overlaps) > 0.93
    assert scoring.middle(overlaps) > 0.995
