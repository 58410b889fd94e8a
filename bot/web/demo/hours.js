/** Says whether the shop is open now, by the shop's clock, and marks today in the table. */

/** Opening and closing in minutes since midnight, Sunday first. @type {[number, number][]} */
const HOURS = [
  [660, 960],
  [540, 1080],
  [540, 1080],
  [540, 1080],
  [540, 1200],
  [540, 1080],
  [540, 1050],
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** @returns {{day: number, minute: number}} Now, in Hallowmere. */
function shopClock() {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/London",
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const part = Object.fromEntries(format.formatToParts().map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(part.weekday), minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** @param {number} minute @returns {string} "5.30 pm" */
function spoken(minute) {
  const hour = Math.floor(minute / 60);
  const rest = minute % 60 ? `.${minute % 60}` : "";
  return `${hour > 12 ? hour - 12 : hour}${rest} ${hour >= 12 ? "pm" : "am"}`;
}

/** @param {{day: number, minute: number}} now @returns {string} */
function openNow({ day, minute }) {
  const [opens, closes] = HOURS[day];
  if (minute < opens) return `Opens today at ${spoken(opens)}`;
  if (minute < closes) return `Open now, until ${spoken(closes)}`;
  return `Closed now. Opens tomorrow at ${spoken(HOURS[(day + 1) % 7][0])}`;
}

const now = shopClock();
const line = document.querySelector("[data-open-now]");
if (line) line.textContent = openNow(now);
for (const row of document.querySelectorAll("[data-hours] tr")) {
  if (row.querySelector("th")?.textContent === DAYS[now.day]) row.classList.add("today");
}
