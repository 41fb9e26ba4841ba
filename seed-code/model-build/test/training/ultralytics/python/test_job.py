"""What a job means as arguments of Ultralytics, and when a run is not worth going on with."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from job import AUGMENTATION, GENTLE, Job, JobError, device_argument, floor_fault, training_arguments

JOB = Job(
    run="r",
    model_size="n",
    image_size=640,
    epochs=3,
    batch=16,
    seed=5,
    optimiser="AdamW",
    learning_rate=0.002,
    augmentation="nadir",
    patience=7,
    freeze=2,
    fraction=0.5,
    classes=["car", "person"],
    learn=[1],
    weights="/w/begin.pt",
    onnx_batch="fixed",
    map_floor=0.1,
    floor_epochs=4,
    train="/t",
    validation="/v",
    tiles=10_000,
    checkpoints="/c",
    work="/work",
    output="/o",
)


def test_a_job_file_gives_the_job_it_was_written_from(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps({**asdict(JOB), "something": "else"}), encoding="utf-8")
    assert Job.read(file) == JOB


@pytest.mark.parametrize(("gpus", "device"), [(0, "cpu"), (1, "0"), (4, "0,1,2,3")])
def test_all_gpus_of_the_machine_are_named_and_without_one_the_processor(gpus: int, device: str) -> None:
    assert device_argument(gpus) == device
    assert training_arguments(JOB, gpus, bf16=False)["device"] == device


def test_every_setting_reaches_ultralytics_under_its_name_there() -> None:
    arguments = training_arguments(JOB, 1, bf16=True)
    expected = {
        "imgsz": 640,
        "epochs": 3,
        "batch": 16,
        "seed": 5,
        "patience": 7,
        "freeze": 2,
        "fraction": 0.5,
        "classes": [1],
        "pretrained": "/w/begin.pt",
        "optimizer": "AdamW",
        "lr0": 0.002,
        "flipud": 0.5,
        "amp": "bf16",
        "nbs": 64,
    }
    assert {name: arguments[name] for name in expected} == expected


def test_random_weights_and_an_automatic_optimiser_leave_both_to_ultralytics() -> None:
    arguments = training_arguments(replace(JOB, weights=None, optimiser="auto", learning_rate=None), 0, bf16=False)
    assert arguments["pretrained"] is False
    assert arguments["optimizer"] == "auto"
    assert "lr0" not in arguments
    assert arguments["amp"] is False


def test_a_set_too_small_for_the_nominal_batch_steps_after_each_batch() -> None:
    # 64 times 30 tiles are 30 nominal steps.
    assert training_arguments(replace(JOB, tiles=1920, fraction=1.0), 0, bf16=False)["nbs"] == 64
    assert training_arguments(replace(JOB, tiles=1919, fraction=1.0), 0, bf16=False)["nbs"] == JOB.batch


def test_a_short_run_augments_gently_and_not_at_all_where_that_was_asked_for() -> None:
    short = replace(JOB, epochs=20)
    assert training_arguments(short, 0, bf16=False).items() >= GENTLE.items()
    assert training_arguments(replace(short, augmentation="none"), 0, bf16=False)["scale"] == 0.0
    assert GENTLE.keys().isdisjoint(training_arguments(replace(JOB, epochs=21), 0, bf16=False))


def test_a_batch_that_the_gpus_cannot_share_is_refused_with_the_remedy() -> None:
    with pytest.raises(JobError, match="batch of 16 cannot be shared by 3 GPUs: make it a multiple of 3"):
        training_arguments(JOB, 3, bf16=False)


def test_only_the_nadir_view_is_flipped_upside_down() -> None:
    assert AUGMENTATION["nadir"]["flipud"] > 0
    assert "flipud" not in AUGMENTATION["oblique"]
    assert set(AUGMENTATION["none"].values()) == {0.0}


@pytest.mark.parametrize(
    ("best", "epoch", "said"),
    [
        (0.0, 3, None),
        (0.0, 4, "found no object"),
        (0.05, 4, "best mAP50 is 0.05000, below 0.1"),
        (0.1, 4, None),
    ],
)
def test_a_run_below_the_floor_is_stopped_once_it_had_its_epochs(best: float, epoch: int, said: str | None) -> None:
    fault = floor_fault(best, epoch, floor=0.1, floor_epochs=4)
    assert (fault is None) == (said is None)
    assert said is None or said in (fault or "")
