"""``snakemake explore``: pictures of a few videos, of which only these have to be ready."""

from __future__ import annotations

import media
from projects import snakemake_in
from rerun_table import jobs_run, planned_jobs


def test_pictures_need_only_the_videos_that_they_show(tmp_path):
    for frames, name in enumerate(("real/a", "real/b", "fake/c", "fake/d"), start=5):
        (tmp_path / "videos" / name).parent.mkdir(parents=True, exist_ok=True)
        media.portrait_clip(tmp_path / f"videos/{name}.mp4", frames=frames)
    own = [{"name": "mine", "kind": "folders", "root": "videos"}]
    settings = {"datasets": own, "explore": {"sheet": 1}}
    done = snakemake_in(tmp_path, settings)("explore")
    assert done.returncode == 0, done.stdout
    jobs = {"extract_frames": 2, "detect_faces": 2, "crop_faces": 2, "explore": 1}
    assert jobs_run(done.stdout) == jobs
    shown = tmp_path / "results/explore"
    made = {path.relative_to(shown).as_posix() for path in shown.rglob("*.*") if path.is_file()}
    of_a_clip = ("clip.gif", "crops.jpg", "frames.jpg")
    assert {name for name in made if not name.startswith(".")} == {
        "contact_fake.jpg",
        "contact_real.jpg",
        *(f"{video}/{file}" for video in ("real-a", "fake-c") for file in of_a_clip),
    }

    def planned(changed):
        return planned_jobs(snakemake_in(tmp_path, changed)("explore", "--dry-run").stdout)

    assert not planned(settings)
    media.portrait_clip(tmp_path / "videos/real/b.mp4", frames=9)
    assert not planned(settings), "that one is not shown"
    other = settings | {"explore": {"sheet": 1, "videos": ["fake-d"]}}
    assert planned(other) == {"extract_frames": 1, "detect_faces": 1, "crop_faces": 1, "explore": 1}
