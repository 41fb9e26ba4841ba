// A small JPEG with XMP as cameras of drones write it.
import sharp from 'sharp';

/** @param tags attributes of the namespaces `drone-dji` and `Camera` (Pix4D's) */
export function withXmp(tags: string): Promise<Buffer> {
  const description =
    `<rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" ` +
    `xmlns:Camera="http://pix4d.com/camera/1.0/" ${tags}/>`;
  const xmp =
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${description}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
  return sharp({ create: { width: 16, height: 16, channels: 3, background: 'grey' } })
    .jpeg()
    .withXmp(xmp)
    .toBuffer();
}
