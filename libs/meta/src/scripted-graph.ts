import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Graph was asked, multipart bodies as their raw text. */
export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

type Answer = { status?: number; headers?: Record<string, string>; body: unknown } | 'drop';

/** A Graph for tests that answers what it is told to, and keeps what it was asked. Its answers to one `METHOD path` go in turn, the last for ever. */
export class ScriptedGraph {
  readonly asked: Asked[] = [];
  private readonly answers = new Map<string, Answer[]>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedGraph> {
    const server = createServer();
    const graph = new ScriptedGraph(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = graph.hear(request.method!, request.url!, Buffer.concat(chunks).toString());
        if (answer === 'drop') return void request.socket.destroy();
        response.writeHead(answer.status ?? 200, answer.headers);
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answer(call: string, ...answers: Answer[]): void {
    this.answers.set(call, answers);
  }

  refuse(call: string, code: number, subcode?: number): void {
    this.answer(call, refusal(code, subcode));
  }

  stop(): void {
    this.server.close().closeAllConnections();
  }

  private hear(method: string, target: string, text: string): Answer {
    const url = new URL(target, this.url);
    const path = decodeURIComponent(url.pathname.replace(/^\/v[\d.]+\//, ''));
    this.asked.push({ method, path, query: Object.fromEntries(url.searchParams), body: text.startsWith('{') ? JSON.parse(text) : text });
    const answers = this.answers.get(`${method} ${path}`);
    if (!answers) return refusal(100, 33);
    return answers.length > 1 ? answers.shift()! : answers[0]!;
  }
}

/** An answer of Graph that refuses. */
export const refusal = (code: number, subcode?: number, more: object = {}): Answer => ({
  status: 400,
  body: { error: { message: 'Meta’s own words', type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'AbC', ...more } },
});
