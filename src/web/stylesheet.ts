/**
 * How the pages look: by light and by dark, on narrow screens and on paper. It needs no image and no font of its own.
 */

export const stylesheet = `:root {
  color-scheme: light dark;
  --page: #f5f6f8;
  --surface: #ffffff;
  --shade: #fafbfc;
  --line: #dfe3ea;
  --edge: #b9c1ce;
  --text: #1b2230;
  --quiet: #566072;
  --link: #1d4fbf;
  --good: #0b6b3a;
  --good-tint: #e2f4e9;
  --bad: #ab1f19;
  --bad-tint: #fdebea;
  --neutral: #465064;
  --neutral-tint: #e9ecf1;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e131b;
    --surface: #161d28;
    --shade: #1a222e;
    --line: #283243;
    --edge: #46536a;
    --text: #e5e9f0;
    --quiet: #9ca8b9;
    --link: #8db6ff;
    --good: #6fdc9e;
    --good-tint: #12301f;
    --bad: #ff9d95;
    --bad-tint: #3c1b1a;
    --neutral: #bcc6d4;
    --neutral-tint: #273141;
  }
}

* {
  box-sizing: border-box;
}

body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "Helvetica Neue", Arial, sans-serif;
}

#wrapper {
  max-width: 76rem;
  margin: 0 auto;
  padding: 1.75rem 1.5rem;
}

a {
  color: var(--link);
  text-decoration: none;
}

a:hover {
  text-decoration: underline;
}

:focus-visible {
  outline: 2px solid var(--link);
  outline-offset: 2px;
  border-radius: 4px;
}

h1 {
  margin: 0;
  font-size: 1.5rem;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.01em;
  overflow-wrap: anywhere;
}

#header p,
#footer {
  margin: 0.15rem 0 0;
  color: var(--quiet);
}

#header b {
  font-weight: 600;
  color: var(--text);
}

.status_msg {
  margin-top: 1.25rem;
  padding: 0.6rem 0.9rem;
  border: 1px solid var(--line);
  border-left: 4px solid var(--good);
  border-radius: 6px;
  background: var(--surface);
  overflow-wrap: anywhere;
}

.status_msg[data-outcome="problem"] {
  border-color: var(--bad);
  background: var(--bad-tint);
  color: var(--bad);
}

#toolbar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.75rem 1.5rem;
  margin: 1.25rem 0 1rem;
}

ul {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
  margin: 0;
  padding: 0;
  list-style: none;
}

.action-button a,
.action-button button {
  display: block;
  font: inherit;
  cursor: pointer;
  padding: 0.35rem 0.85rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--surface);
  color: var(--text);
  font-weight: 500;
}

.action-button a:hover,
.action-button button:hover {
  border-color: var(--link);
  color: var(--link);
  text-decoration: none;
}

a[href$="=stopall"],
a[href$="=stopall"]:hover {
  color: var(--bad);
}

.summary {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem;
  margin: 0;
}

.statusrunning,
.statuserror,
.statusnominal {
  display: inline-block;
  padding: 0.05rem 0.6rem;
  border-radius: 99px;
  background: var(--neutral-tint);
  color: var(--neutral);
  font-size: 0.85rem;
  font-weight: 600;
  white-space: nowrap;
}

.statusrunning {
  background: var(--good-tint);
  color: var(--good);
}

.statuserror {
  background: var(--bad-tint);
  color: var(--bad);
}

table {
  width: 100%;
  border: 1px solid var(--line);
  border-collapse: separate;
  border-spacing: 0;
  border-radius: 10px;
  background: var(--surface);
  overflow: hidden;
}

caption {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}

th,
td {
  padding: 0.55rem 0.9rem;
  text-align: left;
  vertical-align: middle;
}

th {
  padding-block: 0.5rem;
  color: var(--quiet);
  font-size: 0.8rem;
  font-weight: 600;
}

td {
  border-top: 1px solid var(--line);
}

.shade td {
  background: var(--shade);
}

tbody tr:hover td {
  background: var(--neutral-tint);
}

td.desc {
  width: 100%;
  color: var(--quiet);
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}

tr:has(.statuserror) td.desc {
  color: var(--bad);
}

td.name a {
  display: block;
  width: max-content;
  min-width: 6rem;
  max-width: 20rem;
  font-weight: 600;
  overflow-wrap: anywhere;
}

td.action ul {
  flex-wrap: nowrap;
  gap: 0.35rem;
  white-space: nowrap;
}

td.action a {
  display: block;
  padding: 0.15rem 0.5rem;
  border: 1px solid transparent;
  border-radius: 5px;
  font-size: 0.87rem;
  text-align: center;
}

td.action li:nth-child(1) {
  min-width: 4.75rem;
}

td.action li:nth-child(2) {
  min-width: 3.25rem;
}

td.action li:nth-child(-n + 2) a {
  border-color: var(--edge);
  background: var(--surface);
  color: var(--text);
  font-weight: 500;
}

td.action a:hover {
  border-color: var(--link);
  background: var(--surface);
  color: var(--link);
  text-decoration: none;
}

li.hidden {
  visibility: hidden;
}

.empty {
  margin: 0;
  padding: 3rem 1.5rem;
  border: 1px dashed var(--edge);
  border-radius: 10px;
  color: var(--quiet);
  text-align: center;
}

.log {
  max-height: 75vh;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  overflow: auto;
}

pre {
  min-height: 6rem;
  margin: 0;
  padding: 0.9rem 1.1rem;
  font: 13px/1.55 var(--mono);
  tab-size: 8;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

#footer {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 0 1.5rem;
  margin-top: 1.25rem;
  font-size: 0.85rem;
}

#footer p {
  margin: 0;
}

@media (max-width: 56rem) {
  #wrapper {
    padding: 1.1rem 0.9rem;
  }

  table,
  tbody {
    display: block;
  }

  thead {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  tr {
    display: grid;
    grid-template-columns: 1fr auto;
    grid-template-areas: "name status" "desc desc" "action action";
    gap: 0.2rem 0.75rem;
    align-items: baseline;
    padding: 0.75rem 0.9rem 0.65rem;
  }

  tbody tr + tr {
    border-top: 1px solid var(--line);
  }

  td,
  .shade td,
  tbody tr:hover td {
    padding: 0;
    border: 0;
    background: none;
  }

  td.status {
    grid-area: status;
  }

  td.desc {
    grid-area: desc;
    width: auto;
  }

  td.name {
    grid-area: name;
  }

  td.action {
    grid-area: action;
  }

  td.name a {
    width: auto;
    max-width: none;
  }

  td.action ul {
    margin-top: 0.35rem;
  }

  td.action a {
    padding: 0.35rem 0.6rem;
    border-color: var(--line);
  }
}

@media (max-width: 34rem) {
  td.action ul {
    display: grid;
    grid-template-columns: repeat(6, 1fr);
  }

  td.action li {
    grid-column: span 2;
  }

  td.action li:nth-child(-n + 2) {
    grid-column: span 3;
  }

  td.action li:has(+ .hidden) {
    grid-column: span 6;
  }

  td.action li.hidden {
    display: none;
  }

  td.action a {
    padding-inline: 0;
  }
}

@media print {
  #buttons,
  th.action,
  td.action {
    display: none;
  }
}
`;
