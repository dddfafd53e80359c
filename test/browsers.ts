import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { adminEmail, adminPassword } from './house.js';

export const desk = { width: 1440, height: 900 };
export const phone = { width: 375, height: 812 };

/** Browsers that people open our pages in, and what they complain of: scripts that fail, things the policy forbids. */
export class Browsers {
  readonly complaints: string[] = [];
  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  static async launch(url: string): Promise<Browsers> {
    // Chromium's own sandbox needs rights that root in a container has not.
    return new Browsers(await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] }), url);
  }

  async open(viewport: { width: number; height: number }): Promise<{ context: BrowserContext; page: Page }> {
    const { url } = this;
    const context = await this.browser.newContext({ viewport, baseURL: url });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      const ours = message.location().url.startsWith(url);
      // What the server refuses with a reason the page shows; the browser notes the status as an error of its own.
      if (message.type() === 'error' && ours && !/status of (401|410|422)/.test(message.text())) this.complaints.push(message.text());
    });
    return { context, page };
  }

  /** A page behind the sign-in, of the admin. */
  async signedIn(viewport: { width: number; height: number }, path: string): Promise<{ context: BrowserContext; page: Page }> {
    const { context, page } = await this.open(viewport);
    await page.goto(path);
    await signIn(page);
    return { context, page };
  }

  /** For what a test brought about on purpose. */
  forgive(complaint: RegExp): void {
    this.complaints.splice(0, this.complaints.length, ...this.complaints.filter((text) => !complaint.test(text)));
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** Fills in the sign-in as the admin does. */
export async function signIn(page: Page, password = adminPassword): Promise<void> {
  await page.getByLabel('Email').fill(adminEmail);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Whether a page can be read without moving it sideways. */
export const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth');
