// A process that loads a server over connections that stay open. Started by the bench with an address, a frame's path,
// connections, milliseconds and custom attributes; writes a JSON line of what it saw and what it cost.
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { call } from './call';

async function main([
  address = '',
  file = '',
  connections = '',
  milliseconds = '',
  attributes = '',
]: readonly string[]) {
  const body = await readFile(file);
  const headers = { 'content-type': 'application/x-image', 'x-amzn-sagemaker-custom-attributes': attributes };
  const started = process.cpuUsage();
  const began = performance.now();
  let answers = 0;
  let answeredAt = began;
  const lanes = Array.from({ length: Number(connections) }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (performance.now() - began < Number(milliseconds)) {
      await call(`${address}/invocations`, agent, { method: 'POST', headers }, body);
      answers += 1;
      answeredAt = performance.now();
    }
    agent.destroy();
  });
  await Promise.all(lanes);
  const { user, system } = process.cpuUsage(started);
  const seconds = (answeredAt - began) / 1000;
  process.stdout.write(`${JSON.stringify({ answers, seconds, cpuSeconds: (user + system) / 1e6 })}\n`);
}

void main(process.argv.slice(2));
