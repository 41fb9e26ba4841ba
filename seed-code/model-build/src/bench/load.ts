// A process that loads a server over connections that stay open, and asks for its health meanwhile. Started by the bench with
// an address, a frame's path, connections and milliseconds; writes a JSON line of what it saw.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const PING_INTERVAL_MS = 20;

async function main([address = '', file = '', connections = '', milliseconds = '']: readonly string[]): Promise<void> {
  const body = await readFile(file);
  const invoke = {
    method: 'POST',
    // One run of the model an image, as the bare workers have it.
    headers: { 'content-type': 'application/x-image', 'x-amzn-sagemaker-custom-attributes': 'tile=none' },
  };
  const until = performance.now() + Number(milliseconds);
  const began = performance.now();
  let answers = 0;
  let answeredAt = began;
  const lanes = Array.from({ length: Number(connections) }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (performance.now() < until) {
      await call(`${address}/invocations`, agent, invoke, body);
      answers += 1;
      answeredAt = performance.now();
    }
    agent.destroy();
  });
  const pings: number[] = [];
  const health = new Agent({ keepAlive: true, maxSockets: 1 });
  while (performance.now() < until) {
    const asked = performance.now();
    await call(`${address}/ping`, health, { method: 'GET', headers: {} });
    pings.push(performance.now() - asked);
    await setTimeout(PING_INTERVAL_MS);
  }
  await Promise.all(lanes);
  health.destroy();
  process.stdout.write(`${JSON.stringify({ answers, seconds: (answeredAt - began) / 1000, pings })}\n`);
}

/** One request whose answer is read whole. @throws Error for any status but 200 */
function call(url: string, agent: Agent, options: { method: string; headers: object }, body?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, headers } = options;
    const sent = request(url, { agent, method, headers: { ...headers } }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode ?? 'nothing'}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

void main(process.argv.slice(2));
