import '../styles/tokens.css';
import './docs.css';
import { storedPreferences } from '../preferences.ts';
import { addCopyButtons } from './copy.ts';
import { addSearch } from './search.ts';

const theme = storedPreferences(() => window.localStorage).get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
addCopyButtons(document);
addSearch(document);

// On a phone the navigation is behind a button.
const menu = document.querySelector<HTMLDetailsElement>('.docs-menu');
menu?.addEventListener('toggle', () => menu.parentElement?.classList.toggle('open', menu.open));
document.querySelector('.docs-tree [aria-current]')?.scrollIntoView({ block: 'nearest' });
