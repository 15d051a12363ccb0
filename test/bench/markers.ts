/** The part of a document that a run of the measurements writes; whatever stands around it stays. */

export const beginMarker = '<!-- figures: written by npm run bench -- --write-docs -->';
export const endMarker = '<!-- end of figures -->';

/**
 * The document with other figures between the two markers.
 *
 * @throws Error when a marker is missing, or they stand the wrong way round.
 */
export function replaceFigures(document: string, figures: string): string {
  const begin = document.indexOf(beginMarker);
  const end = document.indexOf(endMarker);
  if (begin === -1 || end < begin) throw new Error(`there must be "${beginMarker}" and, behind it, "${endMarker}"`);
  return `${document.slice(0, begin + beginMarker.length)}\n\n${figures.trim()}\n\n${document.slice(end)}`;
}
