/** A box to tick in a dialog. */
export interface Choice {
  name: string;
  value: string;
  label: string;
  hint?: string;
}

export interface DialogPage {
  title: string;
  /** Who asks, as in "Inbox Sim wants to manage your Pages". */
  app: string;
  /** Who are you, or what do you agree to. */
  step: 'who' | 'what';
  /** Parameters that come back with the decision. */
  hidden: [string, string][];
  /** Groups of boxes, all ticked at first; of `radio` groups the first. */
  groups: { legend: string; kind: 'checkbox' | 'radio'; choices: Choice[] }[];
}

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#1c1e21}
fieldset{border:1px solid #ccd0d5;border-radius:8px;margin:1rem 0}legend{font-weight:600}label{display:block;padding:.3rem 0}
small{color:#606770;display:block;margin-left:1.6rem}button{font:inherit;padding:.6rem 1.2rem;border-radius:6px;border:1px solid #ccd0d5;cursor:pointer}
button[value=approve]{background:#0866ff;color:#fff;border-color:#0866ff}`;

const next = '<button>Next</button>';
const decisions = '<button name="decision" value="approve">Continue</button> <button name="decision" value="deny">Not now</button>';

/** The page on which somebody agrees, to all or to part of it, or declines. It sends `decision` and the ticked boxes back by GET. */
export function dialogPage({ title, app, step, hidden, groups }: DialogPage): string {
  const inputs = hidden.map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`);
  const sets = groups
    .filter(({ choices }) => choices.length)
    .map(
      ({ legend, kind, choices }) =>
        `<fieldset><legend>${escape(legend)}</legend>${choices.map((choice, i) => box(choice, kind, i)).join('')}</fieldset>`,
    );
  return html(
    title,
    `<h1>${escape(title)}</h1><p><strong>${escape(app)}</strong> asks for access.</p><form method="get">${inputs.join('')}
${sets.join('\n')}
${step === 'who' ? next : decisions}</form>`,
  );
}

/** The page that ends a dialog which cannot go on; nobody is sent back. */
export const errorPage = (title: string, detail: string) => html(title, `<h1>${escape(title)}</h1><p role="alert">${escape(detail)}</p>`);

function box({ name, value, label, hint }: Choice, kind: 'checkbox' | 'radio', index: number): string {
  const ticked = kind === 'checkbox' || index === 0 ? ' checked' : '';
  const small = hint ? `<small>${escape(hint)}</small>` : '';
  return `<label><input type="${kind}" name="${escape(name)}" value="${escape(value)}"${ticked}> ${escape(label)}${small}</label>`;
}

const html = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style></head><body>${body}</body></html>`;
