"""The demo's clock is read once in a request, and whoever moves it sees it moved."""

from datetime import timedelta

import pytest

from portal.core.clock import business_now, one_reading
from portal.devtools.clockwork import move_forward

pytestmark = pytest.mark.django_db


def test_the_offset_is_read_once_inside_and_each_time_outside(django_assert_num_queries) -> None:
    with one_reading(), django_assert_num_queries(1):
        assert business_now() <= business_now()
    with django_assert_num_queries(2):
        business_now()
        business_now()


def test_who_moves_the_clock_sees_it_moved() -> None:
    with one_reading():
        before = business_now()
        assert move_forward(timedelta(hours=3)) - before >= timedelta(hours=3)
        assert business_now() - before >= timedelta(hours=3)
