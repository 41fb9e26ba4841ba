// Where formats that are folders keep their images: below `images/`, whatever the path.

export const IMAGES = 'images/';

/** An image's path inside the image folder; images that lie elsewhere keep their path. */
export function insideImages(path: string): string {
  return path.startsWith(IMAGES) ? path.slice(IMAGES.length) : path;
}
