import { Fieldset, NumberInput, PasswordInput, Select, Switch, Text, TextInput } from '@mantine/core';
import type { ComponentType } from 'react';
import classes from './settings.module.css';
import type { SettingsSchema } from './settings-schema.js';

/** What a form hook gives for the input at a path. */
export type InputProps = (path: string, options?: { type?: 'input' | 'checkbox' }) => Record<string, unknown>;

interface FieldsProps {
  schema: SettingsSchema;
  path: string;
  inputProps: InputProps;
}

/** The inputs a settings schema asks for, nested objects as groups. */
export function SchemaFields({ schema, path, inputProps }: FieldsProps) {
  const parts = Object.entries(schema.properties ?? {});
  return (
    <div className={parts.some(([, part]) => part.properties) ? classes.cards : classes.pair}>
      {parts.map(([name, part]) => (
        <Field
          key={name}
          name={name}
          schema={part}
          path={`${path}.${name}`}
          required={schema.required?.includes(name) ?? false}
          inputProps={inputProps}
        />
      ))}
    </div>
  );
}

interface FieldProps extends FieldsProps {
  name: string;
  required: boolean;
}

function Field({ name, schema, path, required, inputProps }: FieldProps) {
  const label = schema.title ?? name;
  const shared = { label, description: schema.description, withAsterisk: required };
  if (schema.properties) {
    return (
      <Fieldset legend={label}>
        <SchemaFields schema={schema} path={path} inputProps={inputProps} />
      </Fieldset>
    );
  }
  if (schema.type === 'boolean') {
    return (
      <div className={classes.toggle}>
        <Switch label={label} aria-describedby={`${path}-hint`} {...inputProps(path, { type: 'checkbox' })} />
        <Text id={`${path}-hint`} size="xs" c="dimmed" mt={4}>
          {schema.description}
        </Text>
      </div>
    );
  }
  if (schema.enum) return <Select {...shared} data={schema.enum.map(String)} allowDeselect={!required} {...inputProps(path)} />;
  if (schema.type === 'integer' || schema.type === 'number') {
    return (
      <NumberInput
        {...shared}
        min={schema.minimum}
        max={schema.maximum}
        allowDecimal={schema.type === 'number'}
        thousandSeparator={false}
        hideControls
        {...inputProps(path)}
      />
    );
  }
  const Input: ComponentType<Record<string, unknown>> = schema.writeOnly ? PasswordInput : TextInput;
  return <Input {...shared} autoComplete={schema.writeOnly ? 'new-password' : 'off'} spellCheck={false} {...inputProps(path)} />;
}
