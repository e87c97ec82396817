"""Linking faces through time."""

import pytest

from unmask.tracks import link, main_track, overlap

HERE = (100.0, 100.0, 50.0, 60.0)
THERE = (400.0, 120.0, 40.0, 50.0)


def moved(box, x=0.0, y=0.0):
    return (box[0] + x, box[1] + y, *box[2:])


def test_a_face_that_moves_a_little_keeps_its_number():
    assert link([[moved(HERE, x=10 * step)] for step in range(5)]) == [[0]] * 5


def test_two_people_keep_apart_in_whatever_order_they_are_found():
    assert link([[HERE, THERE], [THERE, HERE], [moved(HERE, 5), THERE]]) == [[0, 1], [1, 0], [0, 1]]


def test_a_gap_of_two_frames_is_bridged_and_one_of_three_is_not():
    assert link([[HERE], [], [], [HERE]]) == [[0], [], [], [0]]
    assert link([[HERE], [], [], [], [HERE]]) == [[0], [], [], [], [1]]


def test_a_face_somewhere_else_is_someone_else():
    assert link([[HERE], [THERE]]) == [[0], [1]]


def test_the_larger_overlap_decides_who_goes_on():
    near, nearer = moved(HERE, 20), moved(HERE, 5)
    assert link([[HERE], [near, nearer]]) == [[0], [1, 0]]


def test_no_face_is_dropped():
    frames = [[HERE, HERE, HERE], [], [HERE, HERE], [THERE] * 4]
    assert [len(numbers) for numbers in link(frames)] == [3, 0, 2, 4]


def test_the_main_person_is_seen_largest_for_longest():
    big_but_brief = (0.0, 0.0, 80.0, 80.0)
    frames = [[HERE, big_but_brief], [HERE], [HERE]]
    assert main_track(frames, link(frames)) == 0
    frames = [[HERE, (600.0, 0.0, 300.0, 300.0)], [HERE]]
    assert main_track(frames, link(frames)) == 1


def test_of_two_equal_people_the_first_is_the_main_one():
    twins = [[THERE, moved(THERE, 200)]] * 3
    assert main_track(twins, link(twins)) == 0


def test_overlap_is_intersection_over_union():
    assert overlap(HERE, HERE) == 1
    assert overlap(HERE, THERE) == 0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
