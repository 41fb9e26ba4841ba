// Says what the rehearsal of YOLO11 measured, of the JSON that it printed; exits 1 when it was not registered, resumed or followed,
// or found too little. The mark of time is printed alone: a busy machine is no failure.
import { readFileSync } from 'node:fs';

const MAP50_AT_LEAST = 0.8;
const TRAINING_SECONDS_AT_MOST = 240;

const { outcome, reason, evaluation, execution, interruption, tracking } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);
const training = execution.steps.find(({ name }) => name === 'Train');
const { coco, ultralytics } = evaluation?.sliced ?? { coco: {}, ultralytics: {} };
const seconds = training.milliseconds / 1000;
const accurate = Math.min(ultralytics.mAP50, coco.AP50) >= MAP50_AT_LEAST;
const kept = seconds <= TRAINING_SECONDS_AT_MOST ? 'kept' : 'MISSED';

console.log(`rehearsal of YOLO11: ${outcome}${reason ? `, ${reason}` : ''}`);
console.log(
  `  held out: mAP50 ${ultralytics.mAP50}, coco.AP50 ${coco.AP50}; at least ${MAP50_AT_LEAST} each: ${accurate ? 'kept' : 'MISSED'}`,
);
console.log(
  `  training: ${seconds.toFixed(0)} s, interruption included; at most ${TRAINING_SECONDS_AT_MOST} s on two cores: ${kept}`,
);
console.log(`  interrupted: went on from epoch ${interruption?.resumedFrom}; followed in MLflow: ${tracking?.page}`);
const resumed = interruption.resumedFrom !== null;
const good = outcome === 'registered' && resumed && tracking?.page !== undefined && accurate;
process.exit(good ? 0 : 1);
