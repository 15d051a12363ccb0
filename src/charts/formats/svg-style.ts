/** The colours and fonts of a chart, for light and for dark. Every colour is a variable that a page may set. */

import { nameSize, textSize } from '../measures.ts';

const light =
  '--paper:#fff;--box:#f4f7fb;--frame:#fff;--edge:#c3cedd;--ink:#0f172a;--soft:#5b6b82;--line:#8496ae;--faint:#c0cad8;--lit:#2563eb;--glow:#dbe8fe;--own:#b45309';
const dark =
  '--paper:#0d1117;--box:#18212f;--frame:#0d1117;--edge:#3a485d;--ink:#e8edf4;--soft:#9aa9bd;--line:#71839c;--faint:#3d4a5c;--lit:#6cb0ff;--glow:#16325c;--own:#f0b13f';

export const svgStyle = [
  `.chart{${light};background:var(--paper);font:${textSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}`,
  `@media(prefers-color-scheme:dark){.chart{${dark}}}`,
  '.chart .state{fill:var(--box);stroke:var(--edge)}',
  '.chart .state.compound{fill:var(--frame)}',
  '.chart .state.active{stroke:var(--lit);stroke-width:1.6}',
  '.chart .state.atomic.active{fill:var(--glow);stroke-width:2}',
  // Letters keep lines that run behind them at a distance.
  '.chart .compound.head text{paint-order:stroke;stroke:var(--frame);stroke-width:5px;stroke-linejoin:round}',
  `.chart .name{font:600 ${nameSize}px system-ui,-apple-system,"Segoe UI",Roboto,"Open Sans","DejaVu Sans",sans-serif;fill:var(--ink)}`,
  '.chart .compound .name{fill:var(--soft)}',
  '.chart .active .name{fill:var(--lit)}',
  '.chart .line,.chart .guard{fill:var(--soft)}',
  '.chart .transition,.chart .initial path{fill:none;stroke:var(--line);stroke-width:1.3}',
  '.chart .transition.uncommon{stroke-dasharray:4 3;stroke-width:1}',
  '.chart marker path,.chart .initial circle{fill:var(--line)}',
  '.chart .transition.lit{stroke:var(--lit);stroke-width:2;marker-end:url(#arrow-lit)}',
  '.chart #arrow-lit path{fill:var(--lit)}',
  '.chart .label rect{fill:var(--frame)}',
  '.chart .label text{text-anchor:middle;fill:var(--ink)}',
  '.chart .label .own{fill:var(--own)}',
  '.chart .label .guard,.chart .label.uncommon text{fill:var(--soft)}',
  '.chart .timer{fill:none;stroke:var(--own);stroke-width:1.3}',
].join('');
