// Which Chromium tests and measurements start, and how: it calls nobody by itself, as far as it can be told not to.
//
// In: CHROMIUM (the browser's binary, where it is not Debian's). Must not know: what is done with it.

export const BINARY = process.env.CHROMIUM || '/usr/bin/chromium';

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
