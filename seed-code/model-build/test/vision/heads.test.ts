import { HeadError, readHead, tellHead, type Head } from '../../src/vision/heads';

describe('tellHead', () => {
  test.each<[string, readonly number[], number, number | null, Partial<Head>]>([
    ['YOLO11, 80 classes', [1, 84, 8400], 640, 80, { kind: 'yolov8', classes: 80, rows: 8400 }],
    ['YOLO11 that names no classes', [1, 84, 8400], 640, null, { kind: 'yolov8', classes: 80 }],
    ['one level of stride 8', [1, 6, 6400], 640, 2, { kind: 'yolov8', rows: 6400 }],
    ['YOLOv5', [1, 25200, 85], 640, 80, { kind: 'yolov5', classes: 80, rows: 25200 }],
    ['YOLOv5 with one class', [1, 25200, 6], 640, 1, { kind: 'yolov5', classes: 1 }],
    ['YOLOX', [1, 3549, 85], 416, null, { kind: 'yolox', classes: 80, rows: 3549 }],
    ['end-to-end', [1, 300, 6], 640, 10, { kind: 'end-to-end', classes: null, rows: 300 }],
  ])('knows %s', (_, shape, size, classes, head) => {
    expect(tellHead(shape, size, classes)).toMatchObject(head);
  });

  test.each<[string, readonly number[], number, number | null]>([
    ['transposed', [1, 8400, 84], 640, 80],
    ['of another number of classes', [1, 84, 8400], 640, 10],
    ['of no detector', [1, 1000], 224, 80],
    ['that could be end-to-end or YOLOX', [1, 84, 6], 64, 1],
  ])('refuses an output %s', (_, shape, size, classes) => {
    expect(() => tellHead(shape, size, classes)).toThrow(HeadError);
  });
});

describe('readHead', () => {
  const options = { confidence: 0.3, multiLabel: false, imageSize: 64 };

  test('reads class-major rows: corners from centres, the first of equal classes, scores strictly above', () => {
    // Three rows, two classes.
    const output = Float32Array.of(10, 20, 30, 11, 21, 31, 4, 4, 4, 6, 6, 6, 0.5, 0.3, 0.4, 0.5, 0.2, 0.9);
    const found = readHead({ kind: 'yolov8', classes: 2, rows: 3 }, output, options);
    expect([...found.boxes]).toEqual([8, 8, 12, 14, 28, 28, 32, 34]);
    expect([...found.classes]).toEqual([0, 1]);
    expect([...found.scores]).toEqual([0.5, Math.fround(0.9)]);
  });

  test('gives every class above the confidence when asked for, by row and then class', () => {
    const output = Float32Array.of(10, 20, 10, 20, 4, 4, 4, 4, 0.4, 0.6, 0.5, 0.7);
    const found = readHead({ kind: 'yolov8', classes: 2, rows: 2 }, output, { ...options, multiLabel: true });
    expect([...found.scores]).toEqual([0.4, 0.5, 0.6, 0.7].map(Math.fround));
    expect([...found.classes]).toEqual([0, 1, 0, 1]);
  });

  test("multiplies YOLOv5's objectness into its class scores", () => {
    const output = Float32Array.of(10, 10, 4, 4, 0.5, 0.5, 0.9, /* too sure of too little */ 10, 10, 4, 4, 0.2, 1, 1);
    const found = readHead({ kind: 'yolov5', classes: 2, rows: 2 }, output, options);
    expect([...found.scores]).toEqual([Math.fround(0.45)]);
    expect([...found.classes]).toEqual([1]);
  });

  test("decodes YOLOX's boxes from the grid and stride of their level", () => {
    // At 64 px the levels have 8², 4² and 2² cells; row 64 + 5 is cell (1, 1) of stride 16.
    const rows = 84;
    const output = new Float32Array(rows * 6);
    output.set([0.5, 0.25, Math.log(2), 0, 1, 0.8], (64 + 5) * 6);
    const found = readHead({ kind: 'yolox', classes: 1, rows }, output, options);
    expect(found.boxes[0]).toBeCloseTo(1.5 * 16 - 16, 4);
    expect(found.boxes[1]).toBeCloseTo(1.25 * 16 - 8, 4);
    expect(found.boxes[2]).toBeCloseTo(1.5 * 16 + 16, 4);
    expect(found.boxes[3]).toBeCloseTo(1.25 * 16 + 8, 4);
  });

  test('takes end-to-end rows as they are', () => {
    const output = Float32Array.of(1, 2, 3, 4, 0.9, 7, 0, 0, 0, 0, 0, 0);
    const found = readHead({ kind: 'end-to-end', classes: null, rows: 2 }, output, options);
    expect([[...found.boxes], [...found.classes]]).toEqual([[1, 2, 3, 4], [7]]);
  });
});
