"""What a job asks for, and what that means as arguments of Ultralytics. Knows nothing of Ultralytics' code."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

NOMINAL_BATCH = 64
"""Images over which Ultralytics gathers gradients before it steps, whatever the batch is."""

FEWEST_STEPS = 30
"""Steps that an epoch should have: a smaller set steps after each batch instead."""

SHORT_RUN = 20
"""Epochs up to which a run is short."""

GENTLE = {"mosaic": 0.0, "scale": 0.15, "hsv_s": 0.3, "hsv_v": 0.3}
"""
What a short run has time for: Ultralytics means the last ten epochs of any run to do without mosaics, and its other
defaults are for hundreds of epochs.
"""

AUGMENTATION: dict[str, dict[str, float]] = {
    # Ultralytics' defaults but for flips: seen from above, an object may point anywhere. Other angles stay off, since a
    # turn widens boxes.
    "nadir": {"flipud": 0.5, "fliplr": 0.5},
    "oblique": {},
    "none": {
        "hsv_h": 0.0,
        "hsv_s": 0.0,
        "hsv_v": 0.0,
        "translate": 0.0,
        "scale": 0.0,
        "fliplr": 0.0,
        "mosaic": 0.0,
        "erasing": 0.0,
    },
}


class JobError(Exception):
    """The job asks for what cannot be done; the message says what to change."""


@dataclass(frozen=True)
class Job:
    """The job file, as the train step writes it."""

    run: str
    """Names the run: a checkpoint of another is left aside."""
    model_size: str
    image_size: int
    epochs: int
    batch: int
    seed: int
    optimiser: str
    learning_rate: float | None
    augmentation: str
    patience: int
    freeze: int
    fraction: float
    classes: list[str]
    """Names of all classes, by index."""
    learn: list[int] | None
    """Indices of the classes to learn; none for all."""
    weights: str | None
    """A file to begin from; none for random weights."""
    onnx_batch: str
    map_floor: float
    floor_epochs: int
    train: str
    validation: str
    tiles: int
    """Images in `train`."""
    checkpoints: str
    work: str
    """A folder of this process's own."""
    output: str
    """Folder for what is kept beside the model."""

    @classmethod
    def read(cls, file: Path) -> Job:
        given = json.loads(file.read_text(encoding="utf-8"))
        return cls(**{field.name: given[field.name] for field in fields(cls)})


def device_argument(gpus: int) -> str:
    """All GPUs of the machine, on which Ultralytics starts its own data-parallel processes; else the processor."""
    return ",".join(str(index) for index in range(gpus)) if gpus > 0 else "cpu"


def training_arguments(job: Job, gpus: int, bf16: bool) -> dict[str, object]:
    """
    Arguments of Ultralytics' `train` for a run that begins.

    Raises:
        JobError: the batch cannot be shared by the GPUs.
    """
    if gpus > 1 and job.batch % gpus != 0:
        raise JobError(f"A batch of {job.batch} cannot be shared by {gpus} GPUs: make it a multiple of {gpus}.")
    steps = job.tiles * job.fraction / NOMINAL_BATCH
    optimiser: dict[str, object] = {"optimizer": job.optimiser}
    if job.learning_rate is not None:
        optimiser["lr0"] = job.learning_rate
    return {
        "imgsz": job.image_size,
        "epochs": job.epochs,
        "batch": job.batch,
        "nbs": NOMINAL_BATCH if steps >= FEWEST_STEPS else job.batch,
        "seed": job.seed,
        # Ultralytics' three epochs, less in a run so short that it would do little else.
        "warmup_epochs": min(3.0, job.epochs / 10),
        "patience": job.patience,
        "freeze": job.freeze,
        "fraction": job.fraction,
        "classes": job.learn,
        "pretrained": job.weights or False,
        "device": device_argument(gpus),
        # Half floats are tried out with weights that would be downloaded; bfloat16 needs no trial.
        "amp": "bf16" if bf16 else False,
        **optimiser,
        **(GENTLE if job.epochs <= SHORT_RUN else {}),
        **AUGMENTATION[job.augmentation],
    }


def floor_fault(best_map50: float, epoch: int, floor: float, floor_epochs: int) -> str | None:
    """Why a run is not worth going on with after `epoch` epochs; none while it may be."""
    if epoch < floor_epochs or best_map50 >= floor:
        return None
    found = "it has found no object" if best_map50 == 0 else f"its best mAP50 is {best_map50:.5f}, below {floor}"
    return (
        f"Training does not learn: after {epoch} epochs {found}. Look at the labels and the size of objects in a tile, "
        "try a smaller learning rate, or lower `mapFloor`."
    )
