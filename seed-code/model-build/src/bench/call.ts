// A request of the bench's clients.
import { request, type Agent } from 'node:http';

/** One request whose answer is read whole. @throws Error for any status but 200 */
export function call(
  url: string,
  agent: Agent,
  { method, headers }: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
  body?: Buffer,
): Promise<void> {
  return new Promise((resolve, reject) => {
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
