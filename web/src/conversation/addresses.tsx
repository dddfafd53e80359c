import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { text } from '../text/text.js';

interface AddressesProps {
  label: string;
  value: string[];
  onChange: (addresses: string[]) => void;
}

const looksLikeAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** A field for several mail addresses; what is none is refused by name. */
export function Addresses({ label, value, onChange }: AddressesProps) {
  const [refused, setRefused] = useState<string>();
  const change = (addresses: string[]) => {
    setRefused(addresses.find((address) => !looksLikeAddress.test(address)));
    onChange(addresses.filter((address) => looksLikeAddress.test(address)));
  };
  return (
    <TagsInput
      size="xs"
      aria-label={label}
      leftSection={label}
      leftSectionWidth={44}
      placeholder={value.length ? undefined : text.composer.addressHint}
      splitChars={[',', ';', ' ']}
      acceptValueOnBlur
      value={value}
      onChange={change}
      error={refused && text.composer.badAddress(refused)}
    />
  );
}
