import { NumberInput, PasswordInput, Select, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import type { ComponentType } from 'react';
import { text } from '../text/text.js';
import classes from './settings.module.css';
import type { SettingsSchema } from './settings-schema.js';

/** What a form hook gives for the input at a path. */
export type InputProps = (path: string, options?: { type?: 'input' | 'checkbox' }) => Record<string, unknown>;

interface SchemaInputProps {
  name: string;
  schema: SettingsSchema;
  path: string;
  required: boolean;
  inputProps: InputProps;
  /** What the account offers here, once it has been asked. */
  choices: string[] | undefined;
}

/** The input that fits a setting. */
export function SchemaInput({ name, schema, path, required, inputProps, choices }: SchemaInputProps) {
  const label = schema.title ?? name;
  const shared = { label, description: schema.description, withAsterisk: required };
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
  if (schema.type === 'array') {
    return (
      <TagsInput
        {...shared}
        className={classes.wide}
        data={choices}
        placeholder={choices ? text.channels.chooseOrType : text.channels.typeAndEnter}
        acceptValueOnBlur
        {...inputProps(path)}
      />
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
  if (schema.format === 'multiline') {
    return (
      <Textarea {...shared} className={classes.wide} autosize minRows={3} maxRows={12} maxLength={schema.maxLength} {...inputProps(path)} />
    );
  }
  const Input: ComponentType<Record<string, unknown>> = schema.writeOnly ? PasswordInput : TextInput;
  return <Input {...shared} autoComplete={schema.writeOnly ? 'new-password' : 'off'} spellCheck={false} {...inputProps(path)} />;
}
