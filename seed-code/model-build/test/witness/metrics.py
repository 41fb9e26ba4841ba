"""COCO metrics by other hands, as a witness for src/metrics. Needs pycocotools, faster-coco-eval, hotcoco.

Usage: python metrics.py arrays < CASES.json     pycocotools' precision [T][R][K][A] and recall [T][K][A] by case
       python metrics.py numbers LIBRARY < CASES.json     the twelve numbers by faster-coco-eval or hotcoco
       python metrics.py time LIBRARY TRUTH.json DETECTIONS.json     {"cpuSeconds", "megabytes", "AP"} of load and evaluation
CASES.json: [{"gt": COCO, "dt": results, "maxDets": [1, 10, n]}]
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time


def library(name):
    if name == "hotcoco":
        import hotcoco

        return hotcoco.COCO, hotcoco.COCOeval, "load_res"
    if name == "faster-coco-eval":
        import faster_coco_eval

        return faster_coco_eval.COCO, faster_coco_eval.COCOeval_faster, "loadRes"
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    return COCO, COCOeval, "loadRes"


def evaluate(name, truth_file, detections_file, max_detections=None):
    load, evaluator, load_results = library(name)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = load(truth_file)
        results = getattr(truth, load_results)(detections_file)
        evaluation = evaluator(truth, results, "bbox")
        if max_detections:
            evaluation.params.maxDets = max_detections
        evaluation.evaluate()
        evaluation.accumulate()
        if not max_detections or max_detections[2] == 100:
            evaluation.summarize()
    return evaluation


def evaluate_case(name, case):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for part in ("gt", "dt"):
            files.append(os.path.join(folder, part))
            with open(files[-1], "w") as file:
                json.dump(case[part], file)
        return evaluate(name, *files, case["maxDets"])


def arrays(case):
    answer = evaluate_case("pycocotools", case).eval
    return {"precision": answer["precision"][..., 2].tolist(), "recall": answer["recall"].tolist()}


def timed(name, truth_file, detections_file):
    start = time.process_time()
    evaluation = evaluate(name, truth_file, detections_file)
    seconds = time.process_time() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpuSeconds": seconds, "megabytes": megabytes, "AP": float(evaluation.stats[0])}


if __name__ == "__main__":
    question, *rest = sys.argv[1:]
    if question == "time":
        answer = timed(*rest)
    elif question == "arrays":
        answer = [arrays(case) for case in json.load(sys.stdin)]
    else:
        answer = [[float(value) for value in evaluate_case(rest[0], case).stats] for case in json.load(sys.stdin)]
    json.dump(answer, sys.stdout)
