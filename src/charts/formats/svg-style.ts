/** The colours and fonts of a chart, for light and for dark. Every colour is a variable that a page may set. */

import { nameSize, textSize } from '../measures.ts';

const light =
  '--paper:#fff;--box:#f8fafc;--frame:#fdfdfe;--edge:#cbd5e1;--ink:#0f172a;--soft:#64748b;--line:#94a3b8;--lit:#2563eb;--glow:#dbeafe;--own:#b45309';
const dark =
  '--paper:#0d1117;--box:#161d29;--frame:#111722;--edge:#334155;--ink:#e8edf4;--soft:#94a3b8;--line:#64748b;--lit:#60a5fa;--glow:#172a4a;--own:#fbbf24';

export const svgStyle = [
  `.chart{${light};background:var(--paper);font:${textSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}`,
  `@media(prefers-color-scheme:dark){.chart{${dark}}}`,
  '.chart .state rect{fill:var(--box);stroke:var(--edge)}',
  '.chart .compound rect{fill:var(--frame)}',
  `.chart .name{font:600 ${nameSize}px system-ui,-apple-system,"Segoe UI",Roboto,"Open Sans","DejaVu Sans",sans-serif;fill:var(--ink)}`,
  '.chart .compound>.name{fill:var(--soft)}',
  '.chart .line,.chart .guard{fill:var(--soft)}',
  '.chart .active>rect{stroke:var(--lit);stroke-width:2}',
  '.chart .atomic.active>rect{fill:var(--glow)}',
  '.chart .active>.name{fill:var(--lit)}',
  '.chart .transition{fill:none;stroke:var(--line);stroke-width:1.3}',
  '.chart marker path,.chart .initial{fill:var(--line)}',
  '.chart .label rect{fill:var(--frame)}',
  '.chart .label text{text-anchor:middle;fill:var(--ink)}',
  '.chart .label .own{fill:var(--own)}',
  '.chart .label .guard{fill:var(--soft)}',
  '.chart .timer{fill:none;stroke:var(--own);stroke-width:1.3}',
].join('');
