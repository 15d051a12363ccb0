import { describe, expect, test } from 'vitest';
import { findAppFile } from '../../src/web/app-files.ts';

describe('the files of the live page', () => {
  test.each([
    ['/app/app.js', 'text/javascript;charset=utf-8'],
    ['/app/app.css', 'text/css;charset=utf-8'],
    ['/charts.json', 'application/json;charset=utf-8'],
  ])('%s is there, and is sent to nobody who has it', (address, contentType) => {
    const reply = findAppFile(address);
    expect(reply).toMatchObject({ status: 200, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-cache' } });
    expect(reply?.body.length).toBeGreaterThan(1000);
    const etag = reply?.headers.ETag ?? '';
    expect(findAppFile(address, `W/"other", ${etag}`)).toMatchObject({ status: 304, body: '' });
    expect(findAppFile(address, '"other"')?.status).toBe(200);
  });

  test.each(['/app/', '/app/app.ts', '/app/../../package.json', '/web/app.js'])('%s is none of them', (address) => {
    expect(findAppFile(address)).toBeNull();
  });

  test('carry no address of anywhere else', () => {
    for (const address of ['/app/app.js', '/app/app.css']) {
      const text = Buffer.from(findAppFile(address)?.body ?? '').toString();
      const addresses = text.match(/https?:\/\/[^"'` )]+/g) ?? [];
      expect(addresses.filter((one) => !one.startsWith('http://www.w3.org/'))).toEqual([]);
    }
  });
});
