// A process that asks a server for its health and does nothing else, so that what it waits for is the server. Started by the
// bench with an address and milliseconds; writes each answer's time as JSON, how long the machine kept itself waiting (a server
// cannot wait less), both in milliseconds, and what it cost.
import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { call } from './call';

const INTERVAL_MS = 20;
const LOOK_MS = 5;

async function main([address = '', milliseconds = '']: readonly string[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const started = process.cpuUsage();
  const looks = monitorEventLoopDelay({ resolution: LOOK_MS });
  looks.enable();
  const pings: number[] = [];
  const until = performance.now() + Number(milliseconds);
  while (performance.now() < until) {
    const asked = performance.now();
    await call(`${address}/ping`, agent, { method: 'GET', headers: {} });
    pings.push(performance.now() - asked);
    await setTimeout(INTERVAL_MS);
  }
  agent.destroy();
  const { user, system } = process.cpuUsage(started);
  const seen = { pings, idle: looks.max / 1e6 - LOOK_MS, cpuSeconds: (user + system) / 1e6 };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

void main(process.argv.slice(2));
