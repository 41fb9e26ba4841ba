// Mails that would be sent, as files: a rehearsal sends none.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Mail {
  /** ISO 8601. */
  readonly date: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export class Mailbox {
  /** @param folder one file a mail, `0001.txt` and on */
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  put({ date, to, subject, text }: Mail): void {
    const number = String(this.files().length + 1).padStart(4, '0');
    const head = [`Date: ${date}`, `To: ${to}`, `Subject: ${subject}`];
    writeFileSync(join(this.folder, `${number}.txt`), `${head.join('\n')}\n\n${text}\n`);
  }

  /** Oldest first. */
  all(): Mail[] {
    return this.files().map((file) => {
      const whole = readFileSync(join(this.folder, file), 'utf8');
      const [date = '', to = '', subject = '', , ...lines] = whole.split('\n');
      const value = (line: string): string => line.slice(line.indexOf(': ') + 2);
      return { date: value(date), to: value(to), subject: value(subject), text: lines.join('\n').trimEnd() };
    });
  }

  private files(): string[] {
    return readdirSync(this.folder).sort();
  }
}
