import type { Finding } from './finding.js';

const colours = { ok: 32, warn: 33, fail: 31 };

/** Prints findings as they are known, a line each, with what to do below; or all of them as JSON at the end. */
export class Report {
  private readonly findings: Finding[] = [];
  private readonly coloured = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

  /** `secrets` are not printed, whoever quotes them. */
  constructor(
    private readonly json: boolean,
    private readonly secrets: string[],
  ) {}

  add(findings: Finding[]): void {
    for (const { detail, ...finding } of findings) {
      const shown = { ...finding, detail: this.discreet(detail) };
      this.findings.push(shown);
      if (!this.json) process.stdout.write(this.line(shown));
    }
  }

  /** Resolves with the exit code: 1 when something failed. */
  end(): number {
    const { ok = [], warn = [], fail = [] } = Object.groupBy(this.findings, ({ status }) => status);
    if (this.json) process.stdout.write(`${JSON.stringify({ ok: !fail.length, checks: this.findings }, null, 2)}\n`);
    else process.stdout.write(`\n${ok.length} ok, ${warn.length} warnings, ${fail.length} failed.\n`);
    return fail.length ? 1 : 0;
  }

  private line({ status, check, detail, advice }: Finding): string {
    const mark = this.coloured ? `\u001b[${colours[status]}m${status.padEnd(4)}\u001b[0m` : status.padEnd(4);
    return `${mark}  ${check}: ${detail}\n${advice ? `        ${advice}\n` : ''}`;
  }

  private discreet(text: string): string {
    return this.secrets.reduce((shown, secret) => shown.replaceAll(secret, '[not shown]'), text);
  }
}
