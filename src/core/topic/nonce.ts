/** A part of a file name that nobody else uses: 64 random bits in hexadecimal digits. */
export function randomNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
}
