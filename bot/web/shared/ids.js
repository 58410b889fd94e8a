/**
 * An id for a command, so that sending it twice does it once.
 *
 * `crypto.randomUUID` exists only on https and localhost; a shop may try the widget on its own network first.
 *
 * @returns {string} 128 random bits in hexadecimal.
 */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
