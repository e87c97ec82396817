"""A sample of what `make test-hostile` tries in full."""

from hostile.test_hostile import check, tried

EVERY = 12


def test_hostile_inputs_are_finished_quarantined_or_refused_with_a_sentence():
    check(tried(EVERY))
