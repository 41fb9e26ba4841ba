// A frame as a small picture for a page, with its boxes drawn in.
import sharp from 'sharp';
import { labelText, parseYoloLabels, type DataFolder, type FolderImage } from '../dataset';

const WIDTH = 320;
const HEIGHT = 240;
const QUALITY = 70;

/**
 * @param colours by class; boxes of other classes are not drawn
 * @returns JPEG; null when the image cannot be read
 */
export async function thumbnail(
  folder: DataFolder,
  image: FolderImage,
  colours: readonly string[],
): Promise<Buffer | null> {
  try {
    const { data, info } = await sharp(await folder.place.read(image.path))
      .autoOrient()
      .resize(WIDTH, HEIGHT, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const text = await labelText(folder, image);
    const boxes = parseYoloLabels(text, colours.length).rows.map(({ classIndex, x, y, width, height }) => {
      const place = [x - width / 2, y - height / 2, width, height].map((share, index) =>
        (share * (index % 2 === 0 ? info.width : info.height)).toFixed(1),
      );
      return `<rect x="${place[0]}" y="${place[1]}" width="${place[2]}" height="${place[3]}" fill="none" stroke="${colours[classIndex]}"/>`;
    });
    const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${info.width}" height="${info.height}">${boxes.join('')}</svg>`;
    return await sharp(data, { raw: info })
      .composite([{ input: Buffer.from(overlay) }])
      .jpeg({ quality: QUALITY })
      .toBuffer();
  } catch {
    return null; // The report says elsewhere why the file cannot be read.
  }
}
