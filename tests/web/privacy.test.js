import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, chats, period } from "../../bot/web/owner/privacy-words.js";

test("an address, an id and the desk's address with an id are told apart", () => {
  assert.deepEqual(asked(" ada@example.org "), { email: "ada@example.org" });
  assert.deepEqual(asked("cnv_aB-3_x"), { id: "cnv_aB-3_x" });
  assert.deepEqual(asked("https://desk.example/agent#cnv_aB3"), { id: "cnv_aB3" });
  for (const other of ["", "ada", "ada@", "conversation 7"]) assert.equal(asked(other), null);
});

test("numbers are words", () => {
  assert.deepEqual([0, 1, 2].map(chats), ["no chat", "1 chat", "2 chats"]);
  assert.deepEqual([0, 1, 90].map(period), ["for ever", "1 day", "90 days"]);
});
