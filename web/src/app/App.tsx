import { ChatPanel } from '../chat/ChatPanel.tsx';
import { LazyLab } from '../lab/LazyLab.tsx';
import { ChartPanel } from '../market/ChartPanel.tsx';
import { MarketPanel } from '../market/MarketPanel.tsx';
import { useApp } from './context.ts';
import { Header } from './Header.tsx';
import { Help } from './Help.tsx';
import { Tabs } from './Tabs.tsx';
import { useKeys } from './use-keys.ts';

/** The whole page. */
export function App() {
  const { view, place } = useApp();
  useKeys();
  if (place.view.value === 'lab') {
    return (
      <div class="page">
        <Header />
        <LazyLab />
        <Help />
      </div>
    );
  }
  return (
    <div class="page" data-tab={view.tab.value}>
      <Header />
      <main class="panels">
        <MarketPanel />
        <ChartPanel />
        <ChatPanel />
      </main>
      <Tabs />
      <Help />
    </div>
  );
}
