"""Makes the answers in test/metrics/known-answers.jsonl with the real libraries.

Usage: python known_metrics.py coco CASES.json            (pycocotools 2.0.11; prints the twelve numbers by case)
       python known_metrics.py ultralytics CASES.json     (the version of Ultralytics on PYTHONPATH; needs torch)
CASES.json: {name: {"gt": COCO, "dt": results, "maxDets": [1, 10, n]}}
"""

import contextlib
import io
import json
import sys


def coco(case):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = case["gt"]
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(case["dt"]), "bbox")
        evaluation.params.maxDets = case["maxDets"]
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
    return dict(zip(names, evaluation.stats.tolist()))


def ultralytics(case):
    import numpy as np
    import torch
    from ultralytics.models.yolo.detect import DetectionValidator
    from ultralytics.utils.metrics import ap_per_class, box_iou

    class Matcher(DetectionValidator):
        def __init__(self):
            self.iouv = torch.linspace(0.5, 0.95, 10)

    def columns(rows):
        boxes = np.array([row["bbox"] for row in rows], dtype=np.float64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return torch.tensor(boxes, dtype=torch.float32), torch.tensor([row["category_id"] for row in rows])

    hits, scores, predicted, labelled = [], [], [], []
    for image in case["gt"]["images"]:
        truths = [a for a in case["gt"]["annotations"] if a["image_id"] == image["id"] and not a.get("iscrowd")]
        found = sorted((d for d in case["dt"] if d["image_id"] == image["id"]), key=lambda d: -d["score"])
        labelled += [a["category_id"] for a in truths]
        if not found:
            continue
        truth_boxes, truth_classes = columns(truths)
        boxes, classes = columns(found)
        correct = torch.zeros(len(found), 10, dtype=torch.bool)
        if truths:
            correct = Matcher().match_predictions(classes, truth_classes, box_iou(truth_boxes, boxes))
        hits.append(correct.numpy())
        scores += [d["score"] for d in found]
        predicted += [d["category_id"] for d in found]
    answer = ap_per_class(np.concatenate(hits), np.array(scores), np.array(predicted), np.array(labelled))
    p, r, _, ap, classes = answer[2:7]
    return {
        "P": p.mean(),
        "R": r.mean(),
        "mAP50": ap[:, 0].mean(),
        "mAP75": ap[:, 5].mean(),
        "mAP50_95": ap.mean(),
        "per_class": {
            str(c): {"P": p[i], "R": r[i], "AP50": ap[i, 0], "AP50_95": ap[i].mean()} for i, c in enumerate(classes)
        },
    }


if __name__ == "__main__":
    answer = {"coco": coco, "ultralytics": ultralytics}[sys.argv[1]]
    with open(sys.argv[2]) as file:
        cases = json.load(file)
    json.dump({name: answer(case) for name, case in cases.items()}, sys.stdout)
