// What a detector is asked for when it is evaluated, and how much of it counts: the same wherever numbers come from.

/** IoU above which NMS suppresses, as Ultralytics validates and predicts. */
export const NMS_IOU = 0.7;
/** Candidates that a curve needs: what Ultralytics validates with. */
export const CANDIDATES = { confidence: 0.001, iou: NMS_IOU, multiLabel: true } as const;
/** Detections of a class that count in an image: VisDrone's, as COCO's 100 cut dense scenes short. */
export const MAX_DETECTIONS = 500;
