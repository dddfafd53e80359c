import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { text } from './text/text.js';

const river: MantineColorsTuple = [
  '#edf6fc', '#dbeaf4', '#b5d4e9', '#8bbcde', '#68a8d4', '#4c97c8', '#3687bc', '#2576ab', '#1f6896', '#145478',
]; // prettier-ignore

const dark: MantineColorsTuple = [
  '#dfe3e8', '#c3c9d0', '#a3abb4', '#7d858f', '#4b525b', '#3a4048', '#2b3036', '#1b1e22', '#16191d', '#101316',
]; // prettier-ignore

export const theme = createTheme({
  primaryColor: 'river',
  primaryShade: { light: 8, dark: 7 },
  colors: { river, dark },
  components: {
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    PasswordInput: { defaultProps: { visibilityToggleButtonProps: { 'aria-label': text.login.reveal } } },
    Text: { defaultProps: { size: 'sm' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
  headings: { fontWeight: '650' },
});

/** Mantine's dimmed, placeholder and error colours are too pale for WCAG AA; these reach 4.5:1 on every surface we use. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a626b',
    '--mantine-color-placeholder': '#68707a',
    '--mantine-color-error': '#c02626',
    '--mantine-color-yellow-light-color': '#8a5300',
    '--mantine-color-orange-light-color': '#8a5300',
    '--mantine-color-red-light-color': '#b42318',
    '--mantine-color-teal-light-color': '#1d6f3b',
    '--surface': '#ffffff',
    '--surface-sunken': '#f6f8fa',
    '--surface-hover': '#eef2f6',
    '--surface-selected': '#e2eef7',
    '--surface-out': '#e8f2f9',
    '--surface-note': '#fff6d6',
    '--border': '#dfe4e9',
    '--border-note': '#e9d28a',
    '--text-good': '#1d6f3b',
    '--text-bad': '#b42318',
    '--text-warn': '#8a5300',
    '--accent': '#1f6896',
  },
  dark: {
    '--mantine-color-placeholder': '#949ca6',
    '--mantine-color-error': '#ff8f8a',
    '--surface': '#1b1e22',
    '--surface-sunken': '#15181b',
    '--surface-hover': '#262a30',
    '--surface-selected': '#22384a',
    '--surface-out': '#1f3342',
    '--surface-note': '#39321a',
    '--border': '#32373e',
    '--border-note': '#6b5b22',
    '--text-good': '#7fd69b',
    '--text-bad': '#ff9d97',
    '--text-warn': '#f2c062',
    '--accent': '#7cbbe6',
  },
});
