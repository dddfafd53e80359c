import { Button, Collapse, Fieldset, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { text } from '../text/text.js';
import { type InputProps, SchemaInput } from './schema-input.js';
import classes from './settings.module.css';
import { isRequired, openParts, type SettingsSchema, startValues } from './settings-schema.js';

interface FieldsProps {
  schema: SettingsSchema;
  path: string;
  inputProps: InputProps;
  /** What the account offers for a setting, by the setting's name. */
  choices: Record<string, string[]>;
}

/** The inputs a settings schema asks for, nested objects as groups. What works well without being touched is folded away. */
export function SettingsFields({ schema, ...shared }: FieldsProps) {
  const [opened, { toggle }] = useDisclosure();
  const parts = openParts(schema);
  const fine = parts.filter(([name, part]) => !isRequired(schema, name) && isFineTuning(part));
  const open = opened || fine.some(([name, part]) => hasFault(part, `${shared.path}.${name}`, shared.inputProps));
  return (
    <div className={classes.cards}>
      <Fields parts={parts.filter((part) => !fine.includes(part))} schema={schema} {...shared} />
      {fine.length > 0 && (
        <>
          <Button
            variant="subtle"
            size="compact-sm"
            justify="flex-start"
            w="fit-content"
            aria-expanded={open}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            onClick={toggle}
          >
            {text.channels.more}
          </Button>
          <Collapse expanded={open}>
            <div className={classes.cards}>
              <Fields parts={fine.filter(([, part]) => !part.properties)} schema={schema} {...shared} />
              <Fields parts={fine.filter(([, part]) => part.properties)} schema={schema} {...shared} />
            </div>
          </Collapse>
        </>
      )}
    </div>
  );
}

/** Numbers and switches with a sensible default, and groups that few need. */
const isFineTuning = (part: SettingsSchema): boolean =>
  part.properties ? !part['x-without'] : ['integer', 'number', 'boolean'].includes(part.type ?? '');

const hasFault = (part: SettingsSchema, path: string, inputProps: InputProps): boolean =>
  part.properties
    ? openParts(part).some(([name, inner]) => hasFault(inner, `${path}.${name}`, inputProps))
    : Boolean(inputProps(path).error);

/** Groups each in a box, what stands between them side by side. */
function Fields({ parts, schema, path, ...shared }: FieldsProps & { parts: Array<[string, SettingsSchema]> }) {
  const simple = parts.filter(([, part]) => !part.properties);
  return (
    <>
      {parts.map(
        ([name, part]) =>
          part.properties && (
            <Group key={name} schema={part} path={`${path}.${name}`} optional={!isRequired(schema, name)} name={name} {...shared} />
          ),
      )}
      {simple.length > 0 && (
        <div className={classes.pair}>
          {simple.map(([name, part]) => (
            <SchemaInput
              key={name}
              name={name}
              schema={part}
              path={`${path}.${name}`}
              required={isRequired(schema, name)}
              inputProps={shared.inputProps}
              choices={shared.choices[name]}
            />
          ))}
        </div>
      )}
    </>
  );
}

interface GroupProps extends FieldsProps {
  name: string;
  optional: boolean;
}

/** Settings that belong together; an optional group can be done without as a whole. */
function Group({ schema, path, optional, name, ...shared }: GroupProps) {
  const { value, onChange } = shared.inputProps(path) as { value: unknown; onChange: (value: unknown) => void };
  const label = schema.title ?? name;
  const without = schema['x-without'];
  return (
    <Fieldset legend={label}>
      <div className={classes.cards}>
        {optional && (
          <Switch
            label={without ?? text.channels.use(label)}
            checked={without ? !value : !!value}
            onChange={() => onChange(value ? null : startValues(schema))}
          />
        )}
        {!!value && <Fields parts={openParts(schema)} schema={schema} path={path} {...shared} />}
      </div>
    </Fieldset>
  );
}
