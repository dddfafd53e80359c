import { setTimeout as sleep } from 'node:timers/promises';
import { type SmtpSink, startSmtpSink } from '#libs/simulators';

type Behaviour = Parameters<SmtpSink['behave']>[0];
type Mail = SmtpSink['messages'][number];

/** The mail server that replies leave by. It keeps its port and what it took, also while it is away. */
export class OutgoingMail {
  readonly taken: Array<Mail & { at: number }> = [];
  onMail: (raw: Buffer) => void = () => undefined;
  private sink: SmtpSink;

  static async start(): Promise<OutgoingMail> {
    const server = new OutgoingMail();
    await server.open();
    return server;
  }

  get port(): number {
    return this.sink.port;
  }

  /** So for a while; then the lines that are left hanging are cut. */
  async behave(behaviour: Behaviour, forMs: number): Promise<void> {
    this.sink.behave(behaviour);
    await sleep(forMs);
    this.sink.behave('accept');
    this.sink.hangUp();
  }

  /** Nobody listens on its port. */
  async away(forMs: number): Promise<void> {
    await this.sink.stop();
    await sleep(forMs);
    await this.open(this.port);
  }

  async stop(): Promise<void> {
    await this.sink.stop();
  }

  private async open(port = 0): Promise<void> {
    const onMessage = (mail: Mail) => {
      this.taken.push({ ...mail, at: Date.now() });
      this.onMail(mail.raw);
    };
    this.sink = await startSmtpSink({ port, onMessage });
  }
}
