/** The address of a server for messages. */

/** `http://name:password@host` is shown as `http://name:****@host`. */
export const withoutPassword = (serverUrl: string): string =>
  serverUrl.replace(/^(https?:\/\/[^/@:]*:)[^/]*(?=@)/i, '$1****');
