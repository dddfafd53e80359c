/** The part of JSON schema by which connectors describe their settings. */
export interface SettingsSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  writeOnly?: boolean;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, SettingsSchema>;
}

export type Values = Record<string, unknown>;

/** What a form starts with: the schema's defaults, and blanks that an input can hold. */
export function startValues({ properties = {} }: SettingsSchema): Values {
  return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, startValue(part)]));
}

function startValue(part: SettingsSchema): unknown {
  if (part.properties) return startValues(part);
  return part.default ?? (part.type === 'boolean' ? false : '');
}

/** What is sent: without the optional blanks. */
export function filledValues({ properties = {} }: SettingsSchema, values: Values): Values {
  const filled: Values = {};
  for (const [name, part] of Object.entries(properties)) {
    const value = values[name];
    if (part.properties) filled[name] = filledValues(part, value as Values);
    else if (value !== '' && value !== undefined) filled[name] = typeof value === 'string' && !part.writeOnly ? value.trim() : value;
  }
  return filled;
}

/** Paths of required blanks, as the form and the server name them: `settings.imap.host`. */
export function missingPaths({ properties = {}, required = [] }: SettingsSchema, values: Values, parent: string): string[] {
  return Object.entries(properties).flatMap(([name, part]) => {
    const path = `${parent}.${name}`;
    if (part.properties) return missingPaths(part, values[name] as Values, path);
    return required.includes(name) && values[name] === '' ? [path] : [];
  });
}
