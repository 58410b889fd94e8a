/**
 * The owner's brand colour, made readable: its lightness in OKLCH is moved, hue and chroma stay, until WCAG 2.2 AA holds.
 * Conversions: Ottosson 2020, "A perceptual color space for image processing". Contrast: WCAG 2.2, "relative luminance".
 */

/** @typedef {{brand: string, brandSoft: string, onBrand: string}} Palette All as `#rrggbb`. */

const AA = 4.5;
const PAPER = { light: "#fbfaf7", dark: "#1c1f27" };
const INK = { light: "#ffffff", dark: "#14161c" };
const SOFT_LIGHTNESS = { light: 0.94, dark: 0.27 };
/** On dark paper a colour is lifted at least this far and loses some of its chroma, or it glows. */
const DARK_LIGHTNESS = 0.73;
const DARK_CHROMA = 0.7;

/**
 * @param {string} hex `#rgb` or `#rrggbb`.
 * @param {"light" | "dark"} scheme
 * @returns {Palette | null} Null for what is not a colour.
 */
export function palette(hex, scheme) {
  const colour = parse(hex);
  if (!colour) return null;
  const light = scheme === "light";
  const [lightness, ...chroma] = toOklab(colour);
  const [a, b] = light ? chroma : chroma.map((part) => part * DARK_CHROMA);
  const step = light ? -0.01 : 0.01;
  let brand = light ? lightness : Math.max(lightness, DARK_LIGHTNESS);
  while (!readable(fromOklab([brand, a, b]), scheme) && brand > 0 && brand < 1) brand += step;
  return {
    brand: fromOklab([brand, a, b]),
    brandSoft: fromOklab([SOFT_LIGHTNESS[scheme], a * 0.2, b * 0.2]),
    onBrand: INK[scheme],
  };
}

/** @param {string} colour @param {"light" | "dark"} scheme Both as text on the paper and under its own text. */
function readable(colour, scheme) {
  return contrast(colour, PAPER[scheme]) >= AA && contrast(colour, INK[scheme]) >= AA;
}

/** @param {string} one @param {string} other @returns {number} 1 to 21. */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {string} hex */
function luminance(hex) {
  const [r, g, b] = parse(hex) ?? [0, 0, 0];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} hex @returns {number[] | null} Linear light, 0 to 1. */
function parse(hex) {
  const match = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(hex.trim());
  if (!match) return null;
  const digits = match[1].length === 3 ? match[1].replace(/./g, "$&$&") : match[1];
  return [0, 2, 4].map((at) => {
    const value = parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** @param {number[]} rgb Linear. */
function toOklab([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {number[]} lab @returns {string} The nearest `#rrggbb`: channels outside the gamut are clipped. */
function fromOklab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map(toByte).join("")}`;
}

/** @param {number} value Linear. */
function toByte(value) {
  const clipped = Math.min(1, Math.max(0, value));
  const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, "0");
}
