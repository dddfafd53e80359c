/** The part of JSON schema by which connectors describe their settings. */
export interface SettingsSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  default?: unknown;
  enum?: unknown[];
  readOnly?: boolean;
  writeOnly?: boolean;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, SettingsSchema>;
  /** Of an optional group that most want: what it means to do without it. */
  'x-without'?: string;
}

export type Values = Record<string, unknown>;

/** What a person can fill in: `readOnly` parts come about by themselves. */
export const openParts = ({ properties = {} }: SettingsSchema): Array<[string, SettingsSchema]> =>
  Object.entries(properties).filter(([, part]) => !part.readOnly);

export const isRequired = ({ required = [] }: SettingsSchema, name: string): boolean => required.includes(name);

/** What a form starts with: what is stored, else the schema's defaults, and blanks that an input can hold. A group that is left out is null. */
export function startValues(schema: SettingsSchema, stored?: Values): Values {
  return Object.fromEntries(openParts(schema).map(([name, part]) => [name, startValue(schema, name, part, stored)]));
}

function startValue(schema: SettingsSchema, name: string, part: SettingsSchema, stored?: Values): unknown {
  const kept = stored?.[name];
  if (part.properties) {
    const usedAtFirst = isRequired(schema, name) || (!stored && part['x-without']);
    return kept || usedAtFirst ? startValues(part, kept as Values | undefined) : null;
  }
  return kept ?? part.default ?? blank(part);
}

function blank({ type }: SettingsSchema): unknown {
  if (type === 'boolean') return false;
  return type === 'array' ? [] : '';
}

/** What is sent: without the optional blanks, except that what was stored and is blank now is sent as null. */
export function filledValues(schema: SettingsSchema, values: Values, stored?: Values): Values {
  const filled: Values = {};
  for (const [name, part] of openParts(schema)) {
    const [value, before] = [values[name], stored?.[name]];
    if (isBlank(value)) {
      if (before != null && !part.writeOnly) filled[name] = null;
    } else if (part.properties) filled[name] = filledValues(part, value as Values, (before ?? undefined) as Values | undefined);
    else filled[name] = typeof value === 'string' && !part.writeOnly ? value.trim() : value;
  }
  return filled;
}

const isBlank = (value: unknown): boolean => value == null || value === '' || (Array.isArray(value) && !value.length);

/** Paths of required blanks, as the form and the server name them: `settings.imap.host`. Secrets may stay blank where there are stored ones. */
export function missingPaths(schema: SettingsSchema, values: Values, parent: string, stored?: Values): string[] {
  return openParts(schema).flatMap(([name, part]) => {
    const path = `${parent}.${name}`;
    const value = values[name];
    if (part.properties) return value ? missingPaths(part, value as Values, path, stored?.[name] as Values | undefined) : [];
    return isRequired(schema, name) && isBlank(value) && !(stored && part.writeOnly) ? [path] : [];
  });
}
