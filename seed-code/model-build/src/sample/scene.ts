// One frame of a flight: ground, roads, scenery and the objects on it, with a box around each object.
import type { Box, Frame, Truth } from '../vision';
import { direction, displaced, paint, paintAll, quarterTurn, type Colour, type Pose } from './canvas';
import { pixelsPerMetre, type Flight, type Light } from './flights';
import { bareGround } from './ground';
import { person, vehicle, type Thing } from './objects';
import { randomStream, type Random } from './random';
import { bush, crate, house, tree } from './scenery';

// Bound once, as in canvas.ts.
const { abs, max, min, round, sqrt } = Math;

/** The sample's classes, by index. */
export const SAMPLE_CLASSES = ['vehicle', 'person'] as const;
const VEHICLE = 0;
const PERSON = 1;

export interface Scene {
  readonly frame: Frame;
  readonly truths: readonly Truth[];
}

/** Frames of different flights draw from streams this far apart. */
const STREAMS_PER_FLIGHT = 1000;

const ASPHALT: Colour = [86, 86, 88];
const MARKING: Colour = [206, 206, 200];
const SHADOW: Colour = [14, 16, 24];

/** Pixels of the frame for which the numbers of things are meant. */
const USUAL_PIXELS = 960 * 540;

/** Measures in metres. */
const ROAD = { halfWidth: 3.6, lane: 1.75, dash: 1.4, gap: 4.2, line: 0.1 } as const;
const PARKING = { bays: 7, bay: 2.7, depth: 5.2 } as const;

/**
 * Draws frame `index` of a flight. The same seed gives the same pixels on every machine.
 * @param flightIndex which random streams the frame draws from
 */
export function drawScene(flight: Flight, flightIndex: number, index: number, seed: number): Scene {
  const random = randomStream(seed, flightIndex * STREAMS_PER_FLIGHT + index);
  const frame = bareGround(random, flight.ground, flight.width, flight.height);
  const site = new Site(frame, random, pixelsPerMetre(flight), flight.light);
  site.litter(flight.ground.clutter);
  const road = site.buildRoad();
  const bays = site.buildParking(road);

  // Smaller frames show less ground, and fewer things.
  const some = (least: number, most: number): number => round(random.int(least, most) * site.roominess);
  site.scatter(some(1, 3), house);
  site.scatter(some(3, 7), crate);
  site.scatter(some(6, 12), tree);
  site.scatter(some(9, 16), bush);
  for (const pose of bays) if (random.chance(0.4)) site.park(vehicle(random), pose);
  for (let count = some(2, 4); count > 0; count -= 1) site.drive(vehicle(random), road);
  site.scatter(some(3, 5), vehicle, VEHICLE);
  site.scatter(some(7, 12), person, PERSON);

  expose(frame, flight.light, random);
  return { frame, truths: site.truths };
}

/** The ground being furnished: keeps things apart and notes the boxes of those that have a class. */
class Site {
  readonly truths: Truth[] = [];
  /** The frame's sides, by those of the frame for which the numbers of things are meant. */
  readonly roominess: number;
  private readonly taken: {
    readonly x: number;
    readonly y: number;
    readonly reach: number;
    readonly parked: boolean;
  }[] = [];
  private road: Pose | null = null;

  constructor(
    private readonly frame: Frame,
    private readonly random: Random,
    /** Pixels in a metre. */
    private readonly scale: number,
    private readonly light: Light,
  ) {
    this.roominess = sqrt((frame.width * frame.height) / USUAL_PIXELS);
  }

  /** Tufts, stones and worn patches, down to a person's size. */
  litter(colours: readonly Colour[]): void {
    for (let count = round(this.random.int(140, 240) * this.roominess); count > 0; count -= 1) {
      const size = this.random.between(0.08, 0.55) * this.scale;
      const patch = { halfLength: size, halfWidth: size * this.random.between(0.5, 1), radius: size * 0.5 };
      paint(this.frame, this.anyPose(), {
        ...patch,
        colour: this.random.pick(colours),
        opacity: this.random.between(0.4, 1),
      });
    }
  }

  /** A road right across the frame, with edge lines and dashes as long as a small vehicle is wide. */
  buildRoad(): Pose {
    const { frame, random, scale } = this;
    const pose = {
      x: random.between(0.25, 0.75) * frame.width,
      y: random.between(0.25, 0.75) * frame.height,
      ...direction(random.between(-1, 1)),
    };
    const halfLength = frame.width + frame.height;
    paint(frame, pose, { halfLength, halfWidth: ROAD.halfWidth * scale, colour: ASPHALT, opacity: 0.92 });
    const line = { halfLength, halfWidth: ROAD.line * scale, colour: MARKING, opacity: 0.8 };
    for (const side of [-1, 1]) paint(frame, pose, { ...line, v: side * (ROAD.halfWidth - 0.4) * scale });
    for (let u = -halfLength; u < halfLength; u += (ROAD.dash + ROAD.gap) * scale) {
      paint(frame, pose, { ...line, u, halfLength: ROAD.dash * scale });
    }
    this.road = pose;
    return pose;
  }

  /** Bays in a row beside the road; the poses of vehicles that stand in them. */
  buildParking(road: Pose): Pose[] {
    const { frame, random, scale } = this;
    const side = random.chance(0.5) ? 1 : -1;
    const away = side * (ROAD.halfWidth + PARKING.depth / 2 + 0.4) * scale;
    const lot = displaced(road, random.between(-0.15, 0.15) * frame.width, away);
    const halfLength = (PARKING.bays * PARKING.bay * scale) / 2;
    const halfWidth = (PARKING.depth / 2) * scale;
    paint(frame, lot, { halfLength, halfWidth, colour: ASPHALT, opacity: 0.85 });
    for (let bay = 0; bay <= PARKING.bays; bay += 1) {
      const u = bay * PARKING.bay * scale - halfLength;
      paint(frame, lot, { u, halfLength: ROAD.line * scale, halfWidth, colour: MARKING, opacity: 0.8 });
    }
    return Array.from({ length: PARKING.bays }, (_, bay) => {
      const u = (bay + 0.5) * PARKING.bay * scale - halfLength;
      return this.faced(quarterTurn(displaced(lot, u, random.between(-0.3, 0.3) * scale)));
    });
  }

  /** Places a vehicle in one of the road's lanes. */
  drive(thing: Thing, road: Pose): void {
    const along = this.random.between(-0.6, 0.6) * this.frame.width;
    const lane = (this.random.chance(0.5) ? 1 : -1) * ROAD.lane * this.scale;
    this.place(thing, this.faced(displaced(road, along, lane)), VEHICLE);
  }

  /** Places a vehicle in a bay, where neighbours stand closer than they could anywhere else. */
  park(thing: Thing, pose: Pose): void {
    this.place(thing, pose, VEHICLE, true);
  }

  /** Places things anywhere; those without a class stay off the road. */
  scatter(count: number, make: (random: Random) => Thing, classIndex?: number): void {
    for (let index = 0; index < count; index += 1) {
      const thing = make(this.random);
      const pose = this.anyPose();
      if (classIndex === undefined && this.onRoad(pose, thing.reach)) continue;
      this.place(thing, pose, classIndex);
    }
  }

  /** Draws a thing with its shadow, unless another stands there or, for one with a class, the frame would cut it. */
  place({ patches, height, reach: metres }: Thing, pose: Pose, classIndex?: number, parked = false): void {
    const { frame, scale, light } = this;
    const reach = metres * scale;
    const inside = pose.x > reach && pose.y > reach && pose.x < frame.width - reach && pose.y < frame.height - reach;
    if (classIndex !== undefined && !inside) return;
    const free = this.taken.every((other) => {
      if (parked && other.parked) return true;
      const [dx, dy, apart] = [other.x - pose.x, other.y - pose.y, other.reach + reach];
      return dx * dx + dy * dy > apart * apart;
    });
    if (!free) return;
    this.taken.push({ x: pose.x, y: pose.y, reach, parked });

    const [outline] = patches;
    const shadow = { ...inPixels(outline, scale), colour: SHADOW, opacity: light.depth };
    const [dx, dy] = light.shadow.map((perMetre) => perMetre * height * scale);
    for (const share of [0.5, 1]) {
      paint(
        frame,
        { ...pose, x: pose.x + dx * share, y: pose.y + dy * share },
        { ...shadow, opacity: light.depth / 2 },
      );
    }
    const extent = paintAll(
      frame,
      pose,
      patches.map((patch) => inPixels(patch, scale)),
    );
    if (!extent || classIndex === undefined) return;
    const box: Box = [extent.left, extent.top, extent.right, extent.bottom];
    this.truths.push({ box, classIndex });
  }

  private onRoad(pose: Pose, metres: number): boolean {
    if (!this.road) return false;
    const { x, y, cos, sin } = this.road;
    const across = abs((pose.y - y) * cos - (pose.x - x) * sin);
    return across < (ROAD.halfWidth + metres) * this.scale;
  }

  private anyPose(): Pose {
    const { random, frame } = this;
    const place = { x: random.between(0, frame.width), y: random.between(0, frame.height) };
    return this.faced({ ...place, ...direction(random.between(-1, 1)) });
  }

  /** Facing either way. */
  private faced(pose: Pose): Pose {
    return this.random.chance(0.5) ? pose : { ...pose, cos: -pose.cos, sin: -pose.sin };
  }
}

function inPixels(patch: Thing['patches'][number], scale: number): Thing['patches'][number] {
  const { u = 0, v = 0, halfLength, halfWidth, radius = 0 } = patch;
  return {
    ...patch,
    u: u * scale,
    v: v * scale,
    halfLength: halfLength * scale,
    halfWidth: halfWidth * scale,
    radius: radius * scale,
  };
}

/** Turns the drawn colours into what the camera records: light, haze, sensor noise. */
function expose(frame: Frame, { gain, haze, noise }: Light, random: Random): void {
  const { data } = frame;
  const span = 2 * noise + 1;
  const curves = gain.map((factor) => Uint8Array.from({ length: 256 }, (_, v) => min(255, ((v * factor) >> 8) + haze)));
  for (let at = 0; at < data.length; at += 3) {
    const bits = random.bits();
    for (let channel = 0; channel < 3; channel += 1) {
      // Ten bits a channel; the sum of two draws is triangular, close to a sensor's noise.
      const draw = (bits >>> (channel * 10)) & 1023;
      const grain = ((((draw & 31) + (draw >> 5)) * span) >> 6) - noise;
      data[at + channel] = min(255, max(0, curves[channel][data[at + channel]] + grain));
    }
  }
}
