import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, palette } from "../../bot/web/shared/colour.js";

const PAPER = { light: "#fbfaf7", dark: "#1c1f27" };

test("contrast is that of WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#ffffff", "#ffffff"), 1);
  assert.ok(Math.abs(contrast("#767676", "#ffffff") - 4.54) < 0.01);
});

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`every brand colour is readable in ${scheme}`, () => {
    for (let red = 0; red <= 255; red += 51) {
      for (let green = 0; green <= 255; green += 51) {
        for (let blue = 0; blue <= 255; blue += 51) {
          const hex = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;

          const found = palette(hex, scheme);

          assert.ok(found, hex);
          assert.ok(contrast(found.brand, PAPER[scheme]) >= 4.5, `${hex} as text`);
          assert.ok(contrast(found.brand, found.onBrand) >= 4.5, `text on ${hex}`);
        }
      }
    }
  });
}

test("a colour that is readable stays as it is", () => {
  assert.equal(palette("#4b3fb8", "light")?.brand, "#4b3fb8");
});

test("what is no colour makes no palette", () => {
  for (const text of ["", "red", "#12", "#1234567", "url(x)", "#12345g"])
    assert.equal(palette(text, "light"), null);
});
