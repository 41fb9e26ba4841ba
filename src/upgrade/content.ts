// What a file holds, compared and merged without regard to how an editor or a checkout dresses text: BOM and line ends.

export interface FileContent {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** How a text is dressed. Files are bytes throughout: latin1 keeps each as it is, whatever its encoding. */
interface Dress {
  readonly bom: boolean;
  readonly crlf: boolean;
}

export interface UndressedText {
  readonly text: Buffer;
  readonly dress: Dress;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** As git decides whether a file is binary. */
const LOOKED_AT = 8000;

export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, LOOKED_AT).includes(0);
}

/** Takes off a BOM, and CRLF where every line ends so; a text of mixed line ends stays as it is. */
export function undress(bytes: Buffer): UndressedText {
  const bom = bytes.subarray(0, BOM.length).equals(BOM);
  const body = bom ? bytes.subarray(BOM.length) : bytes;
  if (!body.includes('\r\n') || isBinary(body)) return { text: body, dress: { bom, crlf: false } };
  const text = body.toString('latin1');
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) return { text: body, dress: { bom, crlf: false } };
  return { text: Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1'), dress: { bom, crlf: true } };
}

/** Whether two files say the same, however they are dressed. */
export function sameText(a: Buffer, b: Buffer): boolean {
  return a.equals(b) || undress(a).text.equals(undress(b).text);
}

/** The three sides of a merge. */
export interface Sides {
  readonly base: Buffer;
  readonly team: Buffer;
  readonly template: Buffer;
}

/** The text of each side, undressed. */
export function undressSides({ base, team, template }: Sides): Sides {
  return { base: undress(base).text, team: undress(team).text, template: undress(template).text };
}

/** Dresses what a merge of the sides gave: as the team has it, where it is the team that changed the dress. */
export function dressMerged(text: Buffer, sides: Sides): Buffer {
  const [base, team, template] = [sides.base, sides.team, sides.template].map((side) => undress(side).dress);
  const pick = (name: keyof Dress): boolean => (team?.[name] === base?.[name] ? template : team)?.[name] ?? false;
  return dressed(text, { bom: pick('bom'), crlf: pick('crlf') });
}

function dressed(text: Buffer, { bom, crlf }: Dress): Buffer {
  const body = crlf ? Buffer.from(text.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1') : text;
  return bom ? Buffer.concat([BOM, body]) : body;
}
