// What keeps a rehearsal's Node processes from talking to anything but this machine.

/** The parts of Node's `net` and `dgram` that open a way out. */
interface Sockets {
  readonly net: { readonly Socket: { readonly prototype: { connect: (...args: unknown[]) => unknown } } };
  readonly dgram: {
    readonly Socket: { readonly prototype: Record<'connect' | 'send', (...args: unknown[]) => unknown> };
  };
}

/**
 * Makes every socket of this process refuse a host that is not loopback.
 *
 * Its text is what the child processes run, so it must stand alone: it uses nothing from outside itself.
 */
export function refuseAllButLoopback({ net, dgram }: Sockets): void {
  const isLoopback = (host: unknown): boolean =>
    host === undefined ||
    host === null ||
    host === '' ||
    (typeof host === 'string' && /^(localhost|127(\.\d+){3}|::1|\[::1\]|::ffff:127(\.\d+){3})$/i.test(host));
  const refusal = (host: unknown): Error =>
    new Error(
      `A rehearsal talks to this machine only, and refused a connection to ${String(host)}: point the client at AWS_ENDPOINT_URL.`,
    );

  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args: unknown[]) {
    // connect(options, listener?), connect(port, host?, listener?), connect(path, listener?), or the first as one array
    const given = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    const [first, second] = given;
    const options =
      typeof first === 'object' && first !== null ? (first as { host?: unknown; path?: unknown }) : undefined;
    const isPath = typeof options?.path === 'string' || (typeof first === 'string' && Number.isNaN(Number(first)));
    const host = options === undefined ? (typeof second === 'string' ? second : undefined) : options.host;
    if (isPath || isLoopback(host)) return connect.apply(this, args);
    // The refusal comes as a failed look-up of the host's name would: when those that wait for the socket listen to it.
    const lookup = (_name: string, _options: object, answer: (error: Error) => void): void => {
      setImmediate(answer, refusal(host));
    };
    const port = options === undefined ? { port: first } : options;
    const listener = given.find((argument) => typeof argument === 'function');
    return connect.call(this, { ...port, host: 'refused.invalid', lookup }, listener);
  };

  for (const method of ['connect', 'send'] as const) {
    const original = dgram.Socket.prototype[method];
    dgram.Socket.prototype[method] = function (...args: unknown[]) {
      // connect(port, address?), send(message, port?, address?) or send(message, offset, length, port, address?)
      const address = args.slice(1).find((argument) => typeof argument === 'string');
      if (!isLoopback(address)) throw refusal(address);
      return original.apply(this, args);
    };
  }
}

/** A CommonJS module, to be loaded with `--require` before anything else. */
export const LOOPBACK_ONLY = `'use strict';
(${refuseAllButLoopback.toString()})({ net: require('node:net'), dgram: require('node:dgram') });
`;
