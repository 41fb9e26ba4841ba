// How commands say how far they are.

/** Says how far it is, once for each tenth, on standard error. */
export function progress(what: string): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    const tenth = Math.floor((done / total) * 10);
    if (tenth === told) return;
    told = tenth;
    process.stderr.write(`${done} of ${total} ${what}\n`);
  };
}
