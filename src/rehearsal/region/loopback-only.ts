// What keeps a rehearsal's Node processes from talking to anything but this machine.

/**
 * A CommonJS module, to be loaded with `--require` before anything else: every socket of the process, and of its worker
 * threads, refuses a host that is not loopback, nor one that `REHEARSAL_HOSTS` names.
 *
 * It is text, since a child process runs it as it stands: a function's own text would hold what bundlers put into it.
 */
export const LOOPBACK_ONLY = String.raw`'use strict';
const dgram = require('node:dgram');
const net = require('node:net');

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\]|::ffff:127(\.\d+){3})$/i;
// Of a build: the npm registry of this machine, which holds no account of anybody's.
const PERMITTED = (process.env.REHEARSAL_HOSTS ?? '').split(',').filter(Boolean);

function isLoopback(host) {
  if (PERMITTED.includes(host)) return true;
  return host === undefined || host === null || host === '' || (typeof host === 'string' && LOOPBACK.test(host));
}

function refusal(host) {
  return new Error(
    'A rehearsal talks to this machine only, and refused a connection to ' + host + ': point the client at AWS_ENDPOINT_URL.',
  );
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // connect(options, listener?), connect(port, host?, listener?), connect(path, listener?), or the first as one array
  const given = Array.isArray(args[0]) ? args[0] : args;
  const [first, second] = given;
  const options = typeof first === 'object' && first !== null ? first : undefined;
  const isPath = typeof options?.path === 'string' || (typeof first === 'string' && Number.isNaN(Number(first)));
  const host = options === undefined ? (typeof second === 'string' ? second : undefined) : options.host;
  if (isPath || isLoopback(host)) return connect.apply(this, args);
  // The refusal comes as a failed look-up of the host's name would: when those that wait for the socket listen to it.
  const lookup = (_name, _options, answer) => setImmediate(answer, refusal(host));
  const listener = given.find((argument) => typeof argument === 'function');
  return connect.call(this, { ...(options ?? { port: first }), host: 'refused.invalid', lookup }, listener);
};

for (const method of ['connect', 'send']) {
  const original = dgram.Socket.prototype[method];
  dgram.Socket.prototype[method] = function (...args) {
    // connect(port, address?), send(message, port?, address?) or send(message, offset, length, port, address?)
    const address = args.slice(1).find((argument) => typeof argument === 'string');
    if (!isLoopback(address)) throw refusal(address);
    return original.apply(this, args);
  };
}
`;
