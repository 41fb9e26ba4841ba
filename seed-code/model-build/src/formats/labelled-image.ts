// What the formats have in common: a labelled set of images, streamed image by image.
import type { Place } from '../dataset';
import type { Box } from '../vision';
import type { Losses } from './losses';

/** One labelled object, or one region that labels say something about. */
export interface LabelledObject {
  /** Pixels of the frame; may reach beyond it where the format lets it. */
  readonly box: Box;
  /** Index into the set's classes; or what VisDrone marks beside them: a region that nobody labelled, and objects of no class. */
  readonly label: number | 'ignored-region' | 'others';
  /**
   * How evaluation takes it when it is no plain truth. `crowd`: many objects under one box (COCO's `iscrowd`). `ignored`: counts
   * neither for nor against a detector (VisDrone's score 0, COCO's `ignore`).
   */
  readonly role?: 'crowd' | 'ignored';
  /** Square pixels of the object's shape, where that is not the box's area. */
  readonly area?: number;
  /** Confidence in the label, above 0 and up to 1. */
  readonly score?: number;
  /** VisDrone: 0 none, 1 partly beyond the frame (1 to 50 %). */
  readonly truncation?: number;
  /** VisDrone: 0 none, 1 partly (1 to 50 %), 2 heavily hidden. */
  readonly occlusion?: number;
}

export interface ImageFile {
  readonly place: Place;
  /** Inside the place. */
  readonly path: string;
}

export interface LabelledImage {
  /** Inside the set's image folder, with `/`, as its format names it: in any script, of any length. */
  readonly path: string;
  /** Where the image's file lies; null when it was not found, which only a format that takes images along minds. */
  readonly file: ImageFile | null;
  /** Pixels, as the frame is seen. */
  readonly width: number;
  readonly height: number;
  /** None: background. */
  readonly objects: readonly LabelledObject[];
}

export interface LabelledSet {
  /** Names by index: trimmed, in Unicode NFC, each once. */
  readonly classes: readonly string[];
  /** Images that will come, for progress. */
  readonly total: number;
  /** May be walked once. */
  readonly images: AsyncIterable<LabelledImage>;
}

export interface ReadOptions {
  /** What is read: a folder, or the folder of the one file that the format is. */
  readonly place: Place;
  /** Where image files lie, for formats that are one file; null for the folder that holds it. */
  readonly images: Place | null;
  /** Which of all images are wanted: a sample, or one host's share. */
  readonly select: <T>(images: readonly T[]) => readonly T[];
  /** Names for a YOLO folder that states none. */
  readonly classes: readonly string[] | null;
  /** What stands before an image's path in Ground Truth's `source-ref`; null to take the key as the path. */
  readonly s3Prefix: string | null;
  /** Ground Truth's label attribute; null where a manifest has only one. */
  readonly attribute: string | null;
  /** Takes what cannot be read into this model. */
  readonly losses: Losses;
}

export interface WriteOptions {
  /** Takes an image's file along, to a path inside the target; for formats that are folders. */
  readonly takeImage: (image: LabelledImage, path: string) => Promise<void>;
  /** What Ground Truth's `source-ref` puts before an image's path. */
  readonly s3Prefix: string | null;
  /** Ground Truth's label attribute. */
  readonly attribute: string | null;
  /** COCO's ids: numbers from 1, or those that `predict` gives its results (an image's stem, classes from 0). */
  readonly ids: 'numbered' | 'as-predicted';
  /** For Ground Truth's `creation-date`. */
  readonly now: Date;
  /** Takes what cannot be written in this format. */
  readonly losses: Losses;
}

/** One format: how to read a labelled set, and how to write one. */
export interface LabelFormat {
  /** Whether images lie within it, rather than being referred to. */
  readonly holdsImages: boolean;
  /** @throws FormatError or DataFolderError that names the file and what to do */
  /** @param source the file inside the place; for a folder, what it is called */
  readonly read: (source: string, options: ReadOptions) => Promise<LabelledSet>;
  /** @param target path that is not there yet; becomes a folder or a file, as the format is */
  readonly write: (set: LabelledSet, target: string, options: WriteOptions) => Promise<void>;
}
