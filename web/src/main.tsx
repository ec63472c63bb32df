import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/market.css';
import './styles/chat.css';
import './moderation/moderation.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app/App.tsx';
import { AppContext } from './app/context.ts';
import { createApp } from './app/create-app.ts';

const app = createApp(window);
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
render(
  <AppContext.Provider value={app.parts}>
    <App />
  </AppContext.Provider>,
  root,
);
app.start();

effect(() => {
  const unread = app.parts.chat.unread.value;
  const name = app.title.value === undefined ? 'Towncrier' : `${app.title.value} · Towncrier`;
  document.title = unread > 0 ? `(${unread}) ${name}` : name;
});
