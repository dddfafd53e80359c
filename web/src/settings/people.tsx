import { Avatar, Badge, Button, Collapse, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMe, useUsers } from '../api/resources.js';
import { text } from '../text/text.js';
import { Failed, Loading } from '../ui/status.js';
import { NewPerson } from './new-person.js';
import classes from './settings.module.css';

/** Who can sign in. */
export function People() {
  const me = useMe();
  const users = useUsers();
  const [adding, { toggle, close }] = useDisclosure();
  if (users.isPending) return <Loading />;
  if (!users.data) return <Failed error={users.error} retry={users.refetch} />;
  return (
    <>
      <div className={classes.intro}>
        <Text c="dimmed">{text.people.lead}</Text>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={toggle} aria-expanded={adding}>
          {text.people.add}
        </Button>
      </div>
      <Collapse expanded={adding}>{adding && <NewPerson onDone={close} />}</Collapse>
      <ul className={classes.cards} aria-label={text.settings.people}>
        {users.data.items.map(({ id, name, email, role }) => (
          <li key={id} className={classes.card}>
            <div className={classes.cardHead}>
              <Avatar size={34} name={name} color="river" aria-hidden />
              <div className={classes.cardName}>
                <Text fw={600}>
                  {name} {id === me.id && `(${text.people.you})`}
                </Text>
                <Text size="sm" c="dimmed">
                  {email}
                </Text>
              </div>
              <Badge variant="default" tt="none" size="lg">
                {text.people.roles[role]}
              </Badge>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
