"""Linking faces through time."""

import pytest

from unmask.detections.index import Face
from unmask.faces.tracks import (
    likeness,
    main_person,
    overlap,
    smooth,
    smooth_faces,
    spurious,
    without_points,
)
from unmask.faces.tracks import link as link_faces

HERE = (100.0, 100.0, 50.0, 60.0)
THERE = (400.0, 120.0, 40.0, 50.0)


def link(frames):
    return link_faces([[Face(box, 1.0) for box in boxes] for boxes in frames])


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


def person(frames):
    """The tracks of the main person, frames given as boxes."""
    return main_person([[Face(box, 1.0) for box in boxes] for boxes in frames], link(frames))


def test_the_main_person_is_seen_largest_for_longest():
    big_but_brief = (0.0, 0.0, 80.0, 80.0)
    assert person([[HERE, big_but_brief], [HERE], [HERE]]) == {0}
    assert person([[HERE, (600.0, 0.0, 300.0, 300.0)], [HERE]]) == {1}


def test_of_two_equal_people_the_first_is_the_main_one():
    assert person([[THERE, moved(THERE, 200)]] * 3) == {0}


def test_the_main_person_is_found_again_after_a_long_time_out_of_sight():
    away = [[]] * 5
    frames = [[HERE], [HERE], *away, [moved(HERE, 10)], *away, [moved(HERE, 20)]]
    assert link(frames)[-1] == [2]
    assert person(frames) == {0, 1, 2}


def test_who_is_seen_elsewhere_or_beside_the_main_person_is_another():
    away = [[]] * 5
    assert person([[HERE], [HERE], *away, [THERE]]) == {0}
    beside = [[HERE, THERE], [HERE, THERE], *away, [HERE], [HERE]]
    assert link(beside)[-1] == [2]
    assert person(beside) == {0, 2}
    assert person([[HERE, moved(HERE, 20)], [HERE]]) == {0}


def test_a_pattern_without_landmarks_is_no_face_where_there_are_faces():
    pattern = Face(THERE, 1.0)
    frames = [[face(HERE), pattern], [face(HERE), pattern], [pattern]]
    assert without_points(frames, link_faces(frames)) == {1}
    blinked = [[face(HERE)], [Face(HERE, 1.0)], [face(HERE)]]
    assert without_points(blinked, link_faces(blinked)) == set()
    assert without_points([[pattern]] * 2, link_faces([[pattern]] * 2)) == set()


def test_overlap_is_intersection_over_union():
    assert overlap(HERE, HERE) == 1
    assert overlap(HERE, THERE) == 0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0


def face(box, turn=0.0):
    """A face looking straight ahead, or with its features shifted by a share of its width."""
    x, y, width, height = box
    marks = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    return Face(box, 1.0, [(x + (u + turn) * width, y + v * height) for u, v in marks])


def test_where_boxes_overlap_alike_the_landmarks_decide():
    before = face(HERE)
    left, right = moved(HERE, -10), moved(HERE, 10)
    frames = [[before], [face(left, turn=-0.3), face(right, turn=-0.2)]]
    assert link_faces(frames) == [[0], [1, 0]]


def test_landmarks_do_not_link_what_does_not_overlap():
    assert likeness(face(HERE), face(THERE)) == 0
    assert likeness(face(HERE), face(HERE)) == 1


def test_a_face_seen_once_is_spurious_beside_one_that_is_seen_longer():
    numbers = link([[HERE], [HERE, THERE], [HERE]])
    assert spurious(numbers, 2) == {1}
    assert spurious(numbers, 1) == set()


def test_the_only_faces_there_are_are_not_spurious():
    assert spurious(link([[HERE], [], [], [], [THERE]]), 2) == set()
    assert spurious([], 2) == set()


def test_jitter_is_steadied_at_a_high_rate_and_movement_kept_at_a_low_one():
    jitter = [moved(HERE, x=3 * (-1) ** step) for step in range(50)]
    fast = smooth(jitter, [step / 25 for step in range(50)], 0.15)
    assert max(abs(box[0] - HERE[0]) for box in fast[5:-5]) < 0.3
    walk = [moved(HERE, x=20.0 * step * (-1) ** step) for step in range(10)]
    slow = smooth(walk, [step / 2 for step in range(10)], 0.15)
    assert max(abs(a[0] - b[0]) for a, b in zip(walk, slow, strict=True)) < 3


def test_a_steady_walk_is_not_delayed():
    walk = [moved(HERE, x=4.0 * step) for step in range(40)]
    steady = smooth(walk, [step / 25 for step in range(40)], 0.15)
    assert max(abs(a[0] - b[0]) for a, b in zip(walk[12:-12], steady[12:-12], strict=True)) < 0.01


def test_without_a_constant_boxes_stay_as_they_are():
    assert smooth([HERE, THERE], [0.0, 0.1], 0) == [HERE, THERE]


def test_landmarks_are_steadied_as_boxes_are_and_those_without_stay_without():
    still, shaken = face(HERE), face(moved(HERE, 6))
    faces = [still, shaken, Face(HERE, 1.0), still, shaken]
    steady = smooth_faces(faces, [step / 25 for step in range(5)], 5.0)
    marks = [found.landmarks for found in steady]
    assert marks[2] is None
    assert [found.confidence for found in steady] == [1.0] * 5
    for x, y in (mark[0] for mark in marks if mark):
        assert (x, y) == pytest.approx(
            (HERE[0] + 0.3 * HERE[2] + 3, HERE[1] + 0.4 * HERE[3]), abs=0.1
        )
    assert smooth_faces(faces, [0.0] * 5, 0) == faces
