"""What every backend does alike, done by TWAIN: the tests of tests/drivers/test_journeys.py on the bench under Wine."""

from __future__ import annotations

import inspect

from tests.drivers import test_journeys

SUITE = {
    name: test
    for name, test in vars(test_journeys).items()
    if name.startswith("test_") and {"bench", "slow_bench"} & set(inspect.signature(test).parameters)
}
globals().update(SUITE)


def test_the_suite_is_there() -> None:
    assert len(SUITE) > 10
