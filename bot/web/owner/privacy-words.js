/** @param {number} number @returns {string} "no chat", "1 chat", "1,200 chats". */
export function chats(number) {
  if (!number) return "no chat";
  return number === 1 ? "1 chat" : `${number.toLocaleString()} chats`;
}

/** @param {number} days @returns {string} "for ever", "1 day", "90 days". */
export function period(days) {
  if (!days) return "for ever";
  return days === 1 ? "1 day" : `${days.toLocaleString()} days`;
}

/**
 * What an owner means by what they typed or pasted.
 *
 * @param {string} text An e-mail address, the id of a conversation, or the desk's address with it.
 * @returns {{email: string} | {id: string} | null}
 */
export function asked(text) {
  const words = text.trim();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(words)) return { email: words };
  const [id] = words.match(/cnv_[\w-]+$/) ?? [];
  return id ? { id } : null;
}
