import pytest

# What does not hold is then said as in a test: with the rows.
pytest.register_assert_rewrite("tests.faults.invariants")
