/** The icon in the browser's tab: a state, and the transition that leads out of it. */

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1f2a44"/>
<circle cx="11" cy="16" r="5" fill="#3ecf8e"/>
<path d="M17 16h8m-4-4 4 4-4 4" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`;
