import 'reflect-metadata';
import { JSONSchema, targetConstructorToSchema } from 'class-validator-jsonschema';

/** The part of JSON schema that settings classes use. */
export interface SettingsSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  default?: unknown;
  enum?: unknown[];
  readOnly?: boolean;
  writeOnly?: boolean;
  required?: string[];
  properties?: Record<string, SettingsSchema>;
  [keyword: string]: unknown;
}

/** Marks a setting as secret: stored encrypted, never answered by the API, drawn as a password field. */
export const secret = (title: string, description?: string) =>
  JSONSchema({ title, writeOnly: true, format: 'password', ...(description && { description }) });

/** The JSON schema of a settings class; the web draws its form from it. Nested classes are inlined. */
export function settingsSchema(settings: new () => object): SettingsSchema {
  return targetConstructorToSchema(settings, {
    additionalConverters: {
      nestedValidation: (meta) => {
        const owner = (meta.target as new () => object).prototype as object;
        return settingsSchema(Reflect.getMetadata('design:type', owner, meta.propertyName) as new () => object) as object &
          Record<string, never>;
      },
    },
  }) as SettingsSchema;
}

/** The same settings without the properties that their schema marks `writeOnly`; with `signedIn` false also without those `readOnly`, which a sign-in filled in. */
export function withoutSecrets(schema: SettingsSchema, settings: object, { signedIn } = { signedIn: true }): Record<string, unknown> {
  const visible: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings as Record<string, unknown>)) {
    const property = schema.properties?.[name];
    if (!property || property.writeOnly || (!signedIn && property.readOnly)) continue;
    visible[name] = property.properties && value && typeof value === 'object' ? withoutSecrets(property, value, { signedIn }) : value;
  }
  return visible;
}
