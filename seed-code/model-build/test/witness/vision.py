"""What OpenCV, SAHI and torchvision answer to the cases on stdin (JSON); their answers go to stdout (JSON).

Usage: python vision.py letterbox|decode|deep|tiles|merge|nms
Needs opencv-python-headless and numpy; `tiles` and `merge` need sahi, `nms` needs torchvision.
"""

import hashlib
import json
import math
import sys

import numpy as np


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def letterbox(case):
    """Ultralytics' LetterBox(auto=False) and `load_image`, YOLOX's `preproc`, as published, on one raw RGB frame."""
    import cv2

    width, height, size = case["width"], case["height"], case["size"]
    frame = np.fromfile(case["file"], np.uint8).reshape(height, width, 3)
    if case["variant"] == "val":
        ratio = size / max(height, width)
        if ratio != 1:
            sides = (min(math.ceil(width * ratio), size), min(math.ceil(height * ratio), size))
            frame = cv2.resize(frame, sides, interpolation=cv2.INTER_LINEAR)
        height, width = frame.shape[:2]
    ratio = min(size / height, size / width)
    if case["variant"] == "yolox":
        small = cv2.resize(frame, (int(width * ratio), int(height * ratio)), interpolation=cv2.INTER_LINEAR)
        square = np.full((size, size, 3), 114, np.uint8)
        square[: small.shape[0], : small.shape[1]] = small
        return sha256(square)
    if case["variant"] == "val":
        ratio = min(ratio, 1.0)
    sides = (round(width * ratio), round(height * ratio))
    dw, dh = (size - sides[0]) / 2, (size - sides[1]) / 2
    if (width, height) != sides:
        frame = cv2.resize(frame, sides, interpolation=cv2.INTER_LINEAR)
    top, bottom = round(dh - 0.1), round(dh + 0.1)
    left, right = round(dw - 0.1), round(dw + 0.1)
    square = cv2.copyMakeBorder(frame, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114,) * 3)
    return sha256(square)


def decode(file):
    import cv2

    image = cv2.imread(file)
    if image is None:
        return None
    return {"width": image.shape[1], "height": image.shape[0], "sha256": sha256(image[:, :, ::-1])}


def deep(case):
    """Writes 16-bit and alpha images, which sharp does not write as other tools do."""
    import cv2

    noise = np.random.default_rng(case["seed"]).integers(0, 65536, (case["height"], case["width"], 4), np.uint16)
    files = []
    for channels in (1, 3, 4):
        for ending in ("png", "tiff"):
            files.append(f"{case['folder']}/deep-{channels}.{ending}")
            cv2.imwrite(files[-1], noise[:, :, :channels])
    return files


def tiles(case):
    from sahi.slicing import get_slice_bboxes

    return get_slice_bboxes(
        case["height"],
        case["width"],
        case["size"],
        case["size"],
        overlap_height_ratio=case["overlap"],
        overlap_width_ratio=case["overlap"],
    )


def merge(case):
    from sahi.postprocess.combine import GreedyNMMPostprocess, NMSPostprocess
    from sahi.prediction import ObjectPrediction

    predictions = [
        ObjectPrediction(bbox=d["box"], score=d["score"], category_id=d["classIndex"], category_name=str(d["classIndex"]))
        for d in case["detections"]
    ]
    kind = {"nms": NMSPostprocess, "nmm": GreedyNMMPostprocess}[case["method"]]
    merged = kind(
        match_threshold=case["threshold"], match_metric=case["metric"].upper(), class_agnostic=False
    )(predictions)
    return [
        {"box": [float(v) for v in p.bbox.to_xyxy()], "score": float(p.score.value), "classIndex": int(p.category.id)}
        for p in merged
    ]


def nms(case):
    """Ultralytics' `non_max_suppression` from the candidates on."""
    import torch
    import torchvision

    boxes = torch.tensor(case["boxes"], dtype=torch.float32).reshape(-1, 4)
    scores = torch.tensor(case["scores"], dtype=torch.float32)
    classes = torch.tensor(case["classes"], dtype=torch.float32)
    order = scores.argsort(descending=True, stable=True)
    shifted = boxes[order] + classes[order, None] * (0 if case["agnostic"] else 7680)
    kept = torchvision.ops.nms(shifted, scores[order], case["iou"])[: case["maxDetections"]]
    return order[kept].tolist()


if __name__ == "__main__":
    answer = globals()[sys.argv[1]]
    cases = json.load(sys.stdin)
    json.dump([answer(case) for case in cases], sys.stdout)
